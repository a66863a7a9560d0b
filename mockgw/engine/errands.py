"""Errands: the answers to an agent's side calls that no rule was written for."""

from mockgw.scenario.context import Context, asks_for_permission
from mockgw.scenario.model import Rule
from mockgw.scenario.nodes import Reply
from mockgw.scenario.options import Options
from mockgw.scenario.replies import BlockForm, Generate

PATH = ("errand",)


def _reply(block: BlockForm) -> Reply:
    return Reply((block,), Options.model_construct(), False, PATH)


GENERATE = Generate.model_construct(json=True)  # type: ignore[call-arg]  # mypy does not know it by its alias
STRUCTURED = _reply(BlockForm.model_construct(generate=GENERATE))
# Claude Code's auto mode asks whether to block a tool call; in a mock nothing needs to be blocked.
PERMITTED = _reply(BlockForm.model_construct(text="<block>no</block>"))
# The rule that is named in the log; it stands in no file.
RULE = Rule("errand", "errand", PATH, (), STRUCTURED)


def answer(context: Context) -> Reply:
    """JSON for the schema that is asked for; a yes to what auto mode asks."""
    return PERMITTED if asks_for_permission(context.request) and not context.structured else STRUCTURED
