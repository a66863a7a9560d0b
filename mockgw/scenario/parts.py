"""Parts: what one of several parts of a request must be, such as one of its tool results."""

from collections.abc import Iterator
from typing import Any, ClassVar

from mockgw.notation import Text, shown
from mockgw.scenario.checks import Check, shown_all
from mockgw.scenario.conditions import Condition, values_of
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import FAR, Values


class PartCondition(Condition[Text]):
    """One part that fits all of it: operators look at its text, the keys of its own at what else it has."""

    part: ClassVar[str] = ""  # what it is called
    where: ClassVar[str] = ""  # where it is sought

    @classmethod
    def aspects(cls) -> tuple[str, ...]:
        """What a part has besides its text, by the names that both it and this class have for it."""
        return tuple(name for name in cls.model_fields if name not in Condition.model_fields)

    def holds(self, values: Values) -> bool:
        return any(self._fits(part) for part in values) is not (self.present is False)

    def distances(self, values: Values) -> Iterator[float]:
        if self.holds(values):
            return iter(())
        return iter([FAR] if self._special(values) else self._apart(self._nearest(values)))

    def _nearest(self, values: Values) -> Any:
        def order(one: Any) -> tuple[int, float]:
            apart = self._apart(one)
            return len(apart), sum(apart)

        return min(values, key=order)

    def _apart(self, part: Any) -> list[float]:
        return list(super().distances((part,)))

    def checks(self, values: Values) -> Iterator[Check]:
        if special := self._special(values):
            yield special
        else:
            yield from super().checks((self._nearest(values),))

    def _special(self, values: Values) -> Check | None:
        """When no one part has to be looked at."""
        if self.present is False:
            held = self.holds(values)
            return Check(held, f"no such {self.part}", "none" if held else "one")
        article = "an" if self.part[0] in "aeiou" else "a"
        return None if values else Check(False, f"{article} {self.part}", f"none {self.where}")

    def groups(self, values: Values) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in (part for part in values if self._fits(part)):
            found |= super().groups((part,))
            for name, aspect in self.conditions():
                found |= aspect.groups(values_of(getattr(part, name)))
        return found

    def conditions(self) -> Iterator[tuple[str, Condition[Any]]]:
        """Those on what a part has besides its text."""
        for name in self.aspects():
            aspect = getattr(self, name)
            if isinstance(aspect, Condition):
                yield name, aspect

    def _fits(self, part: Any) -> bool:
        return all(self._operator_holds(name, (part,)) for name in self.model_fields_set - {"present"})

    def _seen(self, values: Values) -> Values:
        return tuple(collapse(part.text) for part in values)

    def _aspect(self, name: str) -> Condition[Any] | None:
        aspect = getattr(self, name) if name in self.aspects() else None
        return aspect if isinstance(aspect, Condition) else None

    def _operator_holds(self, name: str, values: Values) -> bool:
        if aspect := self._aspect(name):
            return aspect.holds(values_of(getattr(values[0], name)))
        if name in self.aspects():
            return getattr(values[0], name) is getattr(self, name)
        return super()._operator_holds(name, values)

    def _found(self, name: str, values: Values) -> str:
        if self._aspect(name):
            return shown_all(values_of(getattr(values[0], name)), ())
        return shown(getattr(values[0], name)) if name in self.aspects() else super()._found(name, values)

    def _distance(self, name: str, values: Values) -> float:
        if aspect := self._aspect(name):
            return max(aspect.distances(values_of(getattr(values[0], name))))
        return FAR if name in self.aspects() else super()._distance(name, values)

    def _hint(self, name: str, values: Values) -> str:
        if aspect := self._aspect(name):
            found = values_of(getattr(values[0], name))
            return aspect.hint(found) if found else self._lacking(name)
        return "" if name in self.aspects() else super()._hint(name, values)

    def _lacking(self, name: str) -> str:
        """Why a part has none of it."""
        return ""

    def _wanted(self, name: str) -> str:
        if aspect := self._aspect(name):
            return f"the {name} {aspect.wanted()}"
        return f"{name} {shown(getattr(self, name))}" if name in self.aspects() else super()._wanted(name)
