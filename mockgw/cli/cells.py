"""Cells: how wide a terminal shows a text, and what fits into so much."""

import unicodedata
from collections.abc import Iterator


def cells(text: str) -> int:
    """East Asian signs take two cells, accents that are put upon others none."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """As much of a text as there is room for."""
    shown = text
    while cells(shown) > width:
        text = text[:-1]
        shown = f"{text}…"
    return shown


def fitted(text: str, width: int) -> str:
    """A text that takes exactly so many cells."""
    shown = cut(text, width)
    return shown + " " * (width - cells(shown))


def wrapped(text: str, width: int) -> Iterator[str]:
    """A text in lines of at most so many cells, parted between words, or in one that is too long."""
    line = ""
    for word in text.split():
        if line and cells(line) + 1 + cells(word) > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
        while cells(line) > width:
            head = _head(line, width)
            yield head
            line = line[len(head) :]
    if line:
        yield line


def _head(text: str, width: int) -> str:
    """The beginning that fits; at least one sign, so that there is an end."""
    taken = 0
    for place, char in enumerate(text):
        taken += _cell(char)
        if taken > width:
            return text[: max(1, place)]
    return text
