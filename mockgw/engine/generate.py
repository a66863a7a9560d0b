"""Generate: content made up from the seed, by faker."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from mockgw.protocol.errors import ApiError

if TYPE_CHECKING:
    from faker import Faker

Schema = Mapping[str, Any]
EXACT = 2**53


@cache
def _faker() -> "Faker":
    from faker import Faker  # a fifth of a second: only where something is made up

    return Faker()


def seeded(rng: Random) -> "Faker":
    """The faker, its draws starting anew from here."""
    fake = _faker()
    fake.unique.clear()
    fake.seed_instance(rng.getrandbits(64))
    return fake


def words(count: int, rng: Random) -> str:
    return " ".join(seeded(rng).words(count))


def sentences(count: int, rng: Random) -> str:
    return " ".join(seeded(rng).sentences(count))


def value(schema: Schema, rng: Random, path: str = "") -> Any:
    """A value for a plain schema: const, enum, and the JSON types. ApiError for what goes beyond."""
    if "const" in schema:
        return schema["const"]
    if isinstance(options := schema.get("enum"), list) and options:
        return rng.choice(options)
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list) and kind:
        kind = next((one for one in kind if one != "null"), kind[0])
    make = MAKERS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise refused(f"the schema at {path or 'its top'} has neither a plain type, an enum nor a const")
    return make(schema, rng, path)


def refused(reason: str) -> ApiError:
    """Nothing can be generated; the client is told why and not to try again."""
    return ApiError(400, f"cannot generate an answer: {reason}", kind="generate", should_retry=False)


def _object(schema: Schema, rng: Random, path: str) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {
        name: value(part, rng, f"{path}.{name}" if path else name)
        for name, part in properties.items()
        if isinstance(part, dict)
    }


def _array(schema: Schema, rng: Random, path: str) -> list[Any]:
    items = schema.get("items")
    least = schema.get("minItems", 1)
    count = least if isinstance(least, int) and 0 <= least <= 1000 else 1
    return [value(items, rng, f"{path}[]") for _ in range(count)] if isinstance(items, dict) else []


def _string(schema: Schema, rng: Random, path: str) -> str:
    if path.rpartition(".")[2] in ("title", "name", "subject", "heading"):
        return " ".join(seeded(rng).words(4)).capitalize()
    return seeded(rng).sentence()


def _integer(schema: Schema, rng: Random, path: str) -> int:
    least, most = _bounds(schema)
    lowest = math.ceil(least)
    return rng.randint(lowest, max(lowest, math.floor(most)))


def _number(schema: Schema, rng: Random, path: str) -> float:
    least, most = _bounds(schema)
    drawn = round(rng.uniform(least, max(least, most)), 2)
    return float(max(least, min(drawn, most)))


def _bounds(schema: Schema) -> tuple[float, float]:
    least, most = _bound(schema.get("minimum")), _bound(schema.get("maximum"))
    if least is None:
        least = 0 if most is None or most >= 0 else most - 100
    return least, least + 100 if most is None else most


def _bound(value: Any) -> float | None:
    """A bound, if it is a number that JSON readers keep exact."""
    return value if isinstance(value, int | float) and abs(value) <= EXACT else None


def _boolean(schema: Schema, rng: Random, path: str) -> bool:
    return rng.random() < 0.5


def _null(schema: Schema, rng: Random, path: str) -> None:
    return None


MAKERS: Mapping[str, Callable[[Schema, Random, str], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}
