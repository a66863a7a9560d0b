"""Results: what one of the tool results in the last user message must be."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from mockgw.later import Later
from mockgw.notation import Boolean, Text
from mockgw.scenario.conditions import Condition, read_condition
from mockgw.scenario.parts import PartCondition

NO_CALL = "no tool_use in the transcript has its tool_use_id"


class ToolResultCondition(PartCondition):
    """One tool result in the last user message: operators look at its text."""

    part: ClassVar[str] = "tool result"
    where: ClassVar[str] = "in the last user message"

    name: Annotated[Later[Condition[Text]], BeforeValidator(read_condition)] | None = None
    """The tool's name."""
    is_error: Boolean | None = None
    """Whether the tool failed."""

    def _lacking(self, name: str) -> str:
        return NO_CALL
