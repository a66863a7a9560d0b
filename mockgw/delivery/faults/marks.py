"""Marks: where in an answer a fault has struck, for those who look at it later."""

from collections.abc import Sequence

from mockgw.delivery.actions import Action, Chunk, Raw, Wait
from mockgw.values import light


@light
class Mark:
    """Where a fault has struck: behind so many bytes of the answer, when so many seconds of its waits were over."""

    fault: str
    size_bytes: int
    due: float


def marked(fault: str, before: Sequence[Action], after: Sequence[Action]) -> Mark:
    """Where a fault has struck: at the first action that is another one since."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((i for i, (one, other) in pairs if one is not other and one != other), min(len(before), len(after)))
    data = (action.data for action in before[:same] if isinstance(action, Chunk | Raw))
    due = sum(action.seconds for action in before[:same] if isinstance(action, Wait))
    return Mark(fault, sum(map(len, data)), due)
