"""Suggest: the known word that was probably meant."""

import difflib
from collections.abc import Iterable

_CUTOFF = 0.6


def did_you_mean(word: str, known: Iterable[str], *, cutoff: float = _CUTOFF) -> str:
    """The end of a message: "; did you mean 'text'?", or nothing when no known word is near."""
    by_folded = {name.casefold(): name for name in known}
    nearest = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return f"; did you mean {by_folded[nearest[0]]!r}?" if nearest else ""
