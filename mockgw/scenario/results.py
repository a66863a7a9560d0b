"""Results: what one of the tool results in the last user message must be."""

from collections.abc import Iterator
from typing import Annotated, cast

from pydantic import BeforeValidator

from mockgw.later import Later
from mockgw.notation import Boolean, Text, shown
from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.checks import Check, shown_all
from mockgw.scenario.conditions import Condition, read_condition, values_of
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import FAR, Values

NO_CALL = "no tool_use in the transcript has its tool_use_id"


class ToolResultCondition(Condition[Text]):
    """One tool result in the last user message: operators look at its text."""

    name: Annotated[Later[Condition[Text]], BeforeValidator(read_condition)] | None = None
    """The tool's name."""
    is_error: Boolean | None = None
    """Whether the tool failed."""

    def holds(self, values: Values) -> bool:
        return any(self._fits(result) for result in values) is not (self.present is False)

    def distances(self, values: Values) -> Iterator[float]:
        if self.holds(values):
            return iter(())
        return iter([FAR] if self._special(values) else self._apart(self._nearest(values)))

    def _nearest(self, values: Values) -> ToolResult:
        def order(one: ToolResult) -> tuple[int, float]:
            apart = self._apart(one)
            return len(apart), sum(apart)

        return cast(ToolResult, min(values, key=order))

    def _apart(self, result: ToolResult) -> list[float]:
        return list(super().distances((result,)))

    def checks(self, values: Values) -> Iterator[Check]:
        if special := self._special(values):
            yield special
        else:
            yield from super().checks((self._nearest(values),))

    def _special(self, values: Values) -> Check | None:
        """When no one result has to be looked at."""
        if self.present is False:
            held = self.holds(values)
            return Check(held, "no such tool result", "none" if held else "one")
        return None if values else Check(False, "a tool result", "none in the last user message")

    def groups(self, values: Values) -> dict[str, str]:
        found: dict[str, str] = {}
        for result in (result for result in values if self._fits(result)):
            found |= super().groups((result,))
            found |= self.name.groups(values_of(result.name)) if self.name is not None else {}
        return found

    def _fits(self, result: ToolResult) -> bool:
        return all(self._operator_holds(name, (result,)) for name in self.model_fields_set - {"present"})

    def _seen(self, values: Values) -> Values:
        return tuple(collapse(result.text) for result in values)

    def _operator_holds(self, name: str, values: Values) -> bool:
        result: ToolResult = values[0]
        if name == "name" and self.name is not None:
            return self.name.holds(values_of(result.name))
        if name == "is_error":
            return result.is_error is self.is_error
        return super()._operator_holds(name, values)

    def _found(self, name: str, values: Values) -> str:
        result: ToolResult = values[0]
        match name:
            case "name":
                return shown_all(values_of(result.name), ())
            case "is_error":
                return shown(result.is_error)
        return super()._found(name, values)

    def _distance(self, name: str, values: Values) -> float:
        if name == "name" and self.name is not None:
            return max(self.name.distances(values_of(values[0].name)))
        return FAR if name == "is_error" else super()._distance(name, values)

    def _hint(self, name: str, values: Values) -> str:
        if name == "name" and self.name is not None:
            return self.name.hint(values_of(values[0].name)) if values[0].name else NO_CALL
        return "" if name == "is_error" else super()._hint(name, values)

    def _wanted(self, name: str) -> str:
        if name == "name" and self.name is not None:
            return f"the name {self.name.wanted()}"
        return f"is_error {shown(self.is_error)}" if name == "is_error" else super()._wanted(name)
