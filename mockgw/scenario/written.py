"""Written: what unquoted text means."""

import math
import re
from typing import Any, Self

from pydantic_core import PydanticCustomError

_INT64 = range(-(2**63), 2**64)  # what JSON encoders take, signed or not
_LONGEST_INT = len("-9223372036854775808")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
_CONSTANTS = {"true": True, "false": False, "null": None}


class WrittenInt(int):
    """A whole number that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        self.text = text
        return self


class WrittenFloat(float):
    """A number that remembers how it was written: `1.10` is not `1.1` where text is wanted."""

    text: str

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        self.text = text
        return self


def refuse_nulls(value: Any) -> None:
    """A key that says nothing is a slip, not a wish."""
    for key in (key for key in value if value[key] is None) if isinstance(value, dict) else ():
        message = "{key} is null; give it a value or leave it out"
        raise PydanticCustomError("null", message, {"key": repr(key), "name": key})


def plain(value: Any) -> Any:
    """The value as JSON encoders know it: numbers without their text."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case WrittenInt():
            return int(value)
        case WrittenFloat():
            return float(value)
    return value


def written(text: str) -> Any:
    """What unquoted text means: JSON's constants and numbers, else itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if number["real"]:
        return _finite(WrittenFloat(text))
    if len(text) > _LONGEST_INT or int(text) not in _INT64:
        raise OverflowError
    return WrittenInt(text)


def _finite(number: WrittenFloat) -> WrittenFloat:
    if math.isinf(number):
        raise OverflowError
    return number
