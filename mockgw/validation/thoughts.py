"""Thoughts: thinking blocks come back as they were made."""

from mockgw.protocol.signatures import verdict
from mockgw.validation.pairs import Placed, turns_of
from mockgw.validation.redactions import known
from mockgw.validation.subject import Subject


def check(subject: Subject) -> None:
    """Every signature is one of this run's seed and fits its text. That blocks are missing is told with the model."""
    turns = [turn for turn in turns_of(subject.messages) if turn.role == "assistant"]
    for turn in turns:
        for block in turn.of("thinking"):
            found = verdict(block.value["signature"], block.value["thinking"], subject.known.seed)
            if found == "changed" and turn is turns[-1]:
                raise block.refusal("changed_thinking")
            if found != "right":
                raise block.refusal("bad_signature")
        _check_redacted(subject, turn.of("redacted_thinking"))


def _check_redacted(subject: Subject, blocks: list[Placed]) -> None:
    data = known(subject.known.scenario) if blocks and subject.known.scenario else None
    unknown = (block for block in blocks if data is not None and block.value["data"] not in data)
    if (block := next(unknown, None)) is not None:
        raise block.refusal("bad_redacted")
