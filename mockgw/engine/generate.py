"""Generate: content made up from the seed, by faker."""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from mockgw.protocol.errors import ApiError

if TYPE_CHECKING:
    from faker import Faker

Schema = Mapping[str, Any]


@cache
def _faker() -> "Faker":
    from faker import Faker  # a fifth of a second: only where something is made up

    return Faker()


def seeded(rng: Random) -> "Faker":
    """The faker, its draws starting anew from here."""
    fake = _faker()
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
    return rng.randint(int(least), max(int(least), int(most)))


def _number(schema: Schema, rng: Random, path: str) -> float:
    return round(rng.uniform(*_bounds(schema)), 2)


def _bounds(schema: Schema) -> tuple[float, float]:
    least, most = schema.get("minimum", 0), schema.get("maximum")
    least = least if isinstance(least, int | float) else 0
    return least, most if isinstance(most, int | float) else least + 100


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
