"""Errands: the answers to an agent's side calls that no rule was written for."""

from mockgw.scenario.context import Context, asks_for_permission
from mockgw.scenario.model import Rule
from mockgw.scenario.nodes import Reply
from mockgw.scenario.replies import BlockForm, Options

PATH = ("errand",)
STRUCTURED = Reply((BlockForm.model_validate({"generate": {"json": True}}),), Options(), False, PATH)
# Claude Code's auto mode asks whether to block a tool call; in a mock nothing needs to be blocked.
PERMITTED = Reply((BlockForm(text="<block>no</block>"),), Options(), False, PATH)
# The rule that is named in the log; it stands in no file.
RULE = Rule("errand", "errand", PATH, (), STRUCTURED)


def answer(context: Context) -> Reply:
    """JSON for the schema that is asked for; a yes to what auto mode asks."""
    return PERMITTED if asks_for_permission(context.request) and not context.structured else STRUCTURED
