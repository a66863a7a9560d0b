"""Wording: what sentences for people are made of."""

from collections.abc import Sequence


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def alternatives(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return _joined(words, "or")


def enumerated(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return _joined(words, "and")


def _joined(words: Sequence[str], conjunction: str) -> str:
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def shortened(text: str, longest: int) -> str:
    """The beginning of a text, as much as there is room for."""
    return text if len(text) <= longest else f"{text[:longest]}…"
