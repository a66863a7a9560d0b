"""Structured: whether a scripted answer is the JSON that its request asks for."""

from typing import Any

import orjson

from mockgw.engine.decide import Decision
from mockgw.engine.generate import misfit
from mockgw.protocol.messages import Message, RedactedThinking, Text, Thinking

ASKED = "output_config.format"


def doubt(schema: dict[str, Any], decision: Decision) -> str:
    """What a client will have against it; nothing for what is made up, cut, refused or no text at all."""
    answer = decision.answer
    made = any(form.generate is not None for form in getattr(decision.match.leaf, "blocks", ()))
    if not isinstance(answer, Message) or answer.stop_reason != "end_turn" or made:
        return ""
    said = [block for block in answer.content if not isinstance(block, Thinking | RedactedThinking)]
    text = "".join(block.text for block in said if isinstance(block, Text))
    if any(not isinstance(block, Text) for block in said):
        return ""
    try:
        reason = misfit(schema, orjson.loads(text))
    except orjson.JSONDecodeError:
        return f"the answer is no JSON, which {ASKED} asks for"
    return reason and f"the answer does not fit {ASKED}.schema: {reason}"
