"""Made: values of declared types, enough of them to show everything that a type allows once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.clients.declared import package
from tests.clients.declared.package import Known
from tests.clients.declared.types import Both, Shape, Value, Word

Json = dict[str, Any]
NOTHING = (Word("null"), Word("undefined"))
PLAIN: Mapping[str, Any] = {"string": "string", "number": 1, "boolean": True}
ANY_OBJECT = {"foo": "bar"}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes values; `usual` says what a field of some name has to be, whatever its type is."""

    usual: Mapping[str, Any]

    def values(self, known: Known, above: tuple[Known, ...] = ()) -> list[Any]:
        """One value for each type that is allowed, null only where nothing else is; it stands in those `above`."""
        allowed = [one for one in package.options(known) if one not in above]
        made = [value for one in allowed if one.type not in NOTHING for value in self._of(one, above)]
        return made or [None] * any(one.type == Word("null") for one in allowed)

    def _of(self, known: Known, above: tuple[Known, ...]) -> list[Any]:
        match known.type:
            case Value(value):
                return [value]
            case Word("Array" | "ReadonlyArray", (item,)):
                items = self.values(Known(item, known.scope), above)
                return [items, items[:1]] if len(items) > 1 else [items]  # what is seen once need not be seen again
            case Word(name) if name in PLAIN:
                return [PLAIN[name]]
            case Both(parts) if Word("string") in parts:
                return [PLAIN["string"]]  # `string & {}`: any text, beside those that are known
            case Shape() | Both():
                return list(self._objects(known, (*above, known)))
        return [ANY_OBJECT]

    def _objects(self, known: Known, above: tuple[Known, ...]) -> Iterator[Json]:
        """Objects with all fields, until each field has had each of its values."""
        found = package.fields(known)
        if found is None or not found.named:
            yield ANY_OBJECT
            return
        columns: dict[str, list[Any]] = {}
        for name, (field, scope) in found.named.items():
            values = [self.usual[name]] if name in self.usual else self.values(Known(field.type, scope), above)
            if not values and field.required:
                return
            columns |= {name: values} if values else {}
        for row in range(max(map(len, columns.values()), default=1)):
            yield {name: values[min(row, len(values) - 1)] for name, values in columns.items()}
