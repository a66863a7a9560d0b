"""Notation: the base of every class that people write in YAML, and the scalars they write: text, numbers, durations."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from mockgw.suggest import instead_of_key

TEMPLATE_SIGNS = ("{{", "{%", "{#")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 1e9  # seconds, some thirty years: beyond it is a typing error, and soon more than a timer can hold
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"
MOST_EXAMPLES = 5  # an editor shows each in a box of its own
MOST_BAD_KEYS = 100  # of one mapping that are told: with more, it is something else
JsonSchema = dict[str, Any]

_AS_BOOLEAN = dict.fromkeys(("yes", "on", "1"), "true") | dict.fromkeys(("no", "off", "0"), "false")
_AS_BOOLEAN |= {text: f"{text}, without quotes" for text in ("true", "false")}
_SPELT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?P<percent>%?)\s*")


class Written(BaseModel):
    """Something a person writes: its fields are its options, an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    _nullable: ClassVar[Collection[str]] = ()  # keys whose value may be null; elsewhere it is a slip, not a wish

    @model_validator(mode="wrap")
    @classmethod
    def _keys(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Bad keys come first: what they leave missing is no problem of its own, what is below the others is."""
        bad = dict(islice(cls._bad_keys(value), MOST_BAD_KEYS)) if isinstance(value, dict) else {}
        if not bad:
            return handler(value)
        problems = [InitErrorDetails(type=problem, input=value) for problem in bad.values()]
        good = _keys_of(cls).keys() - bad.keys()
        try:
            handler(cls._completed({key: part for key, part in value.items() if key in good}))
        except ValidationError as error:
            problems.extend(_below(error))
        raise ValidationError.from_exception_data(cls.__name__, problems)

    @classmethod
    def _bad_keys(cls, value: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """Keys that are unknown, and those that say nothing."""
        known = _keys_of(cls)
        for key, part in value.items():
            if key not in known:
                yield key, cls._unknown(key, known, value)
            elif part is None and key not in cls._nullable:
                message = "{key} is null; give it a value or leave it out"
                yield key, PydanticCustomError("null", message, {"key": repr(key), "name": key})

    @classmethod
    def _unknown(cls, key: str, known: Collection[str], value: Mapping[str, Any]) -> PydanticCustomError:
        hint = instead_of_key(key, known) or f"; expected {cls._expected(known)}"
        message = cls._elsewhere(key, value) or f"unknown key {key!r}{hint}"
        return PydanticCustomError("unknown_key", "{message}", {"message": message, "name": key})

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        """Where an unknown key belongs, as a message; or nothing."""
        return ""

    @classmethod
    def _expected(cls, known: Collection[str]) -> str:
        """What may be written, for somebody who wrote something else."""
        return ", ".join(known)

    @classmethod
    def _completed(cls, value: dict[str, Any]) -> dict[str, Any]:
        """What a bad key left missing is filled in, for the sake of the problems below the others."""
        return value

    @classmethod
    @cache  # a class is met in many places of a schema
    def manual(cls) -> Mapping[str, str]:
        """What is written below each field, by its key; read from the source, which takes too long for each start."""
        written = [base for base in reversed(cls.__mro__) if issubclass(base, Written) and "[" not in base.__name__]
        lines = {name: text for base in written for name, text in _docstrings(base)}
        return {field.alias or name: lines[name] for name, field in cls.model_fields.items() if name in lines}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """The mapping, or what can be written in short."""
        schema = handler(core_schema)
        for key, text in cls.manual().items():
            schema["properties"][key]["description"] = text
        about = {"title": schema.pop("title"), "description": schema.pop("description", None) or inspect.getdoc(cls)}
        for option in (option for option in schema["properties"].values() if "const" in option):
            option.setdefault("description", about["description"])
        short = cls._in_short(schema["properties"])
        return about | (_either(schema, short) if short else schema)

    @classmethod
    def _in_short(cls, options: Mapping[str, JsonSchema]) -> list[JsonSchema]:
        """What can be written instead of the mapping."""
        return []


@lru_cache(maxsize=128)  # asked for each mapping of each file
def _keys_of(model: type[Written]) -> dict[str, None]:
    """The keys of a class, in their order."""
    return dict.fromkeys(field.alias or name for name, field in model.model_fields.items())


def _docstrings(model: type) -> Iterator[tuple[str, str]]:
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    for field, text in pairwise(definition.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(line))):
                yield name, inspect.cleandoc(line)


def _below(error: ValidationError) -> Iterator[InitErrorDetails]:
    """The problems that are not of the value itself, to be raised again."""
    for details in (details for details in error.errors() if details["loc"]):
        again = PydanticCustomError(details["type"], "{message}", {**details.get("ctx", {}), "message": details["msg"]})
        yield InitErrorDetails(type=again, loc=details["loc"], input=details["input"])


def _either(mapping: JsonSchema, short: list[JsonSchema]) -> JsonSchema:
    """Editors tell better what is wrong than with `anyOf`, but what they propose they do not seek in `else`."""
    proposed = [value for one in short for value in one.get("enum", ())]
    examples = {"examples": proposed[:MOST_EXAMPLES]} if proposed else {}
    return {"if": {"type": "object"}, "then": mapping, "else": {"anyOf": short}} | examples


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
        raise ValueError(f"expected a number, found {shown(value)}{_as_number(value)}")
    return value


def read_integer(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected a whole number, found {shown(value)}{_as_number(value)}")
    return int(value)


def _as_number(value: object) -> str:
    """How a text that spells a number is written as one."""
    found = _SPELT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return ""
    return f"; write {float(found[1]) / 100:g}" if found["percent"] else f"; write {found[1]}, without quotes"


def _as_share(value: float) -> str:
    return f"; {value:g} percent is {value / 100:g}" if 1 < value <= 100 else ""


def read_boolean(value: object) -> object:
    if not isinstance(value, bool):
        meant = _AS_BOOLEAN.get(str(value).strip().lower(), "")
        raise ValueError(f"expected true or false, found {shown(value)}{meant and f'; write {meant}'}")
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
        raise ValueError(f"expected a share from 0 to 1, found {value:g}{_as_share(value)}")
    return value


def at_least(minimum: int) -> AfterValidator:
    def check(value: int) -> int:
        if value < minimum:
            raise ValueError(f"expected at least {minimum}, found {value}")
        return value

    return AfterValidator(check)


def _with_unit_schema(digits: str) -> JsonSchema:
    """Blanks around it are no matter."""
    return {"type": "string", "pattern": rf"^\s*{digits}({'|'.join(UNITS)})\s*$"}


TEXT_SCHEMA: JsonSchema = {"type": ["string", "number"]}
ABOVE_ZERO_SCHEMA: JsonSchema = {"type": "number", "exclusiveMinimum": 0}
SHARE_SCHEMA: JsonSchema = {"type": "number", "minimum": 0, "maximum": 1}
SECONDS_SCHEMA: JsonSchema = {"type": "number", "maximum": int(LONGEST)}
DURATION_TEXT_SCHEMA = _with_unit_schema(r"[0-9]+(\.[0-9]+)?")
DURATION_SCHEMA: JsonSchema = {"anyOf": [DURATION_TEXT_SCHEMA, SECONDS_SCHEMA | {"minimum": 0}]}
PERIOD_TEXT_SCHEMA = _with_unit_schema(r"([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)")
PERIOD_SCHEMA: JsonSchema = {"anyOf": [PERIOD_TEXT_SCHEMA, SECONDS_SCHEMA | {"exclusiveMinimum": 0}]}
INTEGER_SCHEMA: JsonSchema = {"type": "integer"}
NO_LIST_SCHEMA: JsonSchema = {"anyOf": [{"type": ["null", "boolean", "number", "string"]}, {"type": "object"}]}
TEMPLATE_SCHEMA: JsonSchema = {"type": "string", "pattern": r"\{[{%#]"}


def integer_schema(minimum: int, maximum: int | None = None) -> JsonSchema:
    return {"type": "integer", "minimum": minimum} | ({} if maximum is None else {"maximum": maximum})


def exclusive_schemas(keys: Sequence[str]) -> JsonSchema:
    """Beside each of these keys, none of the others."""
    return {key: {"properties": dict.fromkeys(keys[index:], False)} for index, key in enumerate(keys, start=1)}


def or_template_schema(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [*_alternatives(schema), TEMPLATE_SCHEMA]}


def _alternatives(schema: JsonSchema) -> list[JsonSchema]:
    return list(schema.get("anyOf", [schema]))


@dataclass(frozen=True, slots=True, eq=False)  # annotations must be hashable, schemas are not
class OrShort:
    """Says to editors what can be written instead."""

    schema: JsonSchema

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [*_alternatives(self.schema), handler(core_schema)]}


class OneOrList:
    """Says to editors that one value can be written instead of a list."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        several = handler(core_schema)
        one = several["items"] or NO_LIST_SCHEMA
        return {"anyOf": [*_alternatives(one), several]}


Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema(TEXT_SCHEMA)]
Number = Annotated[float, BeforeValidator(read_number), WithJsonSchema({"type": "number"})]
Integer = Annotated[int, BeforeValidator(read_integer), WithJsonSchema(INTEGER_SCHEMA)]
Boolean = Annotated[bool, BeforeValidator(read_boolean), WithJsonSchema({"type": "boolean"})]
Count = Annotated[Integer, at_least(1), WithJsonSchema(integer_schema(1))]
Natural = Annotated[Integer, at_least(0), WithJsonSchema(integer_schema(0))]
Share = Annotated[Number, AfterValidator(share), WithJsonSchema(SHARE_SCHEMA)]
Duration = Annotated[float, BeforeValidator(read_duration), WithJsonSchema(DURATION_SCHEMA)]
Period = Annotated[Duration, Field(gt=0), WithJsonSchema(PERIOD_SCHEMA)]
IntegerOrTemplate = Annotated[Any, BeforeValidator(or_template(read_integer))]
DurationOrTemplate = Annotated[
    Any, BeforeValidator(or_template(read_duration)), WithJsonSchema(or_template_schema(DURATION_SCHEMA))
]


def listed(value: object) -> object:
    """One value or several, as a list."""
    return value if isinstance(value, list | tuple) else [value]
