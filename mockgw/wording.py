"""Wording: what sentences for people are made of."""


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def shortened(text: str, longest: int) -> str:
    """The beginning of a text, as much as there is room for."""
    return text if len(text) <= longest else f"{text[:longest]}…"
