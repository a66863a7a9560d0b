"""Notation: the base of every class that people write in YAML, and the scalars they write: text, numbers, durations."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from mockgw.suggest import did_you_mean

TEMPLATE_SIGNS = ("{{", "{%", "{#")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 1e9  # seconds, some thirty years: beyond it is a typing error, and soon more than a timer can hold
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"
# What others call it: a hint where the one is unknown and the other known.
SYNONYMS = {
    "regex": "matches",
    "args": "input",
    "arguments": "input",
    "user": "prompt",
    "when": "match",
    "respond": "reply",
    "response": "reply",
    "answer": "reply",
    "reply": "text",
}


class Written(BaseModel):
    """Something a person writes: its fields are its options, an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    _unlisted: ClassVar[Collection[str]] = ()  # keys too many to be named to somebody who writes an unknown one

    @model_validator(mode="wrap")
    @classmethod
    def _known_keys(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Unknown keys come first: what they leave missing is no problem of its own, what is below the others is."""
        known = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = [key for key in value if key not in known] if isinstance(value, dict) else []
        if not unknown:
            return handler(value)
        problems = [InitErrorDetails(type=cls._unknown(key, known, value), input=value) for key in unknown]
        try:
            handler(cls._completed({key: part for key, part in value.items() if key in known}))
        except ValidationError as error:
            problems.extend(_below(error))
        raise ValidationError.from_exception_data(cls.__name__, problems)

    @classmethod
    def _unknown(cls, key: str, known: list[str], value: Mapping[str, Any]) -> PydanticCustomError:
        listed = ", ".join(name for name in known if name not in cls._unlisted)
        synonym = f"; did you mean {SYNONYMS[key]!r}?" if SYNONYMS.get(key) in known else ""
        hint = synonym or did_you_mean(key, known) or f"; expected {listed}"
        message = cls._elsewhere(key, value) or f"unknown key {key!r}{hint}"
        return PydanticCustomError("unknown_key", "{message}", {"message": message, "name": key})

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        """Where an unknown key belongs, as a message; or nothing."""
        return ""

    @classmethod
    def _completed(cls, value: dict[str, Any]) -> dict[str, Any]:
        """What an unknown key left missing is filled in, for the sake of the problems below the others."""
        return value


def _below(error: ValidationError) -> Iterator[InitErrorDetails]:
    """The problems that are not of the value itself, to be raised again."""
    for details in (details for details in error.errors() if details["loc"]):
        again = PydanticCustomError(details["type"], "{message}", {**details.get("ctx", {}), "message": details["msg"]})
        yield InitErrorDetails(type=again, loc=details["loc"], input=details["input"])


def is_template(value: object) -> bool:
    """Whether a value is text with `{{ … }}` or another Jinja2 sign in it."""
    return isinstance(value, str) and any(sign in value for sign in TEMPLATE_SIGNS)


def shown(value: object) -> str:
    """A value as its writer would recognise it in a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(repr, value))}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value).replace("\\\\", "\\")  # as it was written
    return text if len(text) <= 80 else f"{text[:76]}…{text[-1]}"


def read_text(value: object) -> str:
    """Text: a string, or a number as it was written (`404`, `1.10`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = f"; quote it: '{shown(value)}'" if value is None or isinstance(value, bool) else ""
        raise ValueError(f"expected text, found {shown(value)}{hint}")
    return getattr(value, "text", None) or str(value)


def read_number(value: object) -> object:
    """A number, kept apart from `true` and from quoted text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number, found {shown(value)}")
    return value


def read_integer(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected a whole number, found {shown(value)}")
    return int(value)


def read_boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {shown(value)}")
    return value


def read_duration(value: object) -> float:
    """Seconds, from `250ms`, `2s`, `1m`, `5h`, `7d` or a number of seconds."""
    seconds = _with_unit(value.strip()) if isinstance(value, str) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        raise ValueError(
            f"expected a duration such as 250ms, 2s, 1m, 5h, 7d or a number of seconds, found {shown(value)}"
        )
    return float(seconds)


def _with_unit(text: str) -> float | None:
    if not re.match(DURATION, text):
        return None
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * UNITS[unit]


def or_template(read: Callable[[object], object]) -> Callable[[object], object]:
    """A reader that lets templates through: they are read once they are rendered."""
    return lambda value: value if is_template(value) else read(value)


def share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"expected a share from 0 to 1, found {value}")
    return value


def at_least(minimum: int) -> AfterValidator:
    def check(value: int) -> int:
        if value < minimum:
            raise ValueError(f"expected at least {minimum}, found {value}")
        return value

    return AfterValidator(check)


Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema({"type": ["string", "number"]})]
Number = Annotated[float, BeforeValidator(read_number), WithJsonSchema({"type": "number"})]
Integer = Annotated[int, BeforeValidator(read_integer), WithJsonSchema({"type": "integer"})]
Boolean = Annotated[bool, BeforeValidator(read_boolean), WithJsonSchema({"type": "boolean"})]
Count = Annotated[Integer, at_least(1)]
Share = Annotated[Number, AfterValidator(share)]
Duration = Annotated[
    float,
    BeforeValidator(read_duration),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": DURATION}]}),
]
TEMPLATE_SCHEMA = {"type": "string", "pattern": r"\{[{%#]"}
IntegerOrTemplate = Annotated[
    Any,
    BeforeValidator(or_template(read_integer)),
    WithJsonSchema({"anyOf": [{"type": "integer"}, TEMPLATE_SCHEMA]}),
]
DurationOrTemplate = Annotated[
    Any,
    BeforeValidator(or_template(read_duration)),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": DURATION}, TEMPLATE_SCHEMA]}),
]


def listed(value: object) -> object:
    """One value or several, as a list."""
    return value if isinstance(value, list | tuple) else [value]
