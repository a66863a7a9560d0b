"""Thoughts: thinking blocks come back as they were made."""

from mockgw.protocol.rules import Refusal
from mockgw.protocol.signatures import verdict
from mockgw.validation.pairs import turns_of
from mockgw.validation.subject import Subject


def check(subject: Subject) -> None:
    """Every signature is one of this run's seed and fits its text. That blocks are missing is told with the model."""
    turns = [turn for turn in turns_of(subject.messages) if turn.role == "assistant"]
    for turn in turns:
        for block in turn.of("thinking"):
            found = verdict(block.value["signature"], block.value["thinking"], subject.seed)
            if found == "changed" and turn is turns[-1]:
                raise _refusal("changed_thinking", block.index, block.block)
            if found != "right":
                raise _refusal("bad_signature", block.index, block.block)


def _refusal(code: str, index: int, block: int) -> Refusal:
    return Refusal(code, "messages", index, "content", block, "signature", index=index, block=block)
