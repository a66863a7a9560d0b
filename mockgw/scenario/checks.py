"""Checks: how each condition fared, in words: what it wanted, and what was found."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from mockgw.notation import shown
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import SEARCHED
from mockgw.values import light
from mockgw.wording import shortened

MOST_VALUES = 5
WIDEST = 72  # of a text that is shown
BEFORE = 24  # of it stand before the place that matters
SHORTEST_WORD = 4

Needle = tuple[str, Any]  # an operator, and what it wants


@light
class Check:
    """One condition: whether it held, what it wanted, what was found; `parts` are the conditions inside it."""

    held: bool
    wanted: str
    found: str = ""
    hint: str = ""
    key: str = ""
    parts: "tuple[Check, ...]" = ()

    @property
    def text(self) -> str:
        """What it says of itself, without its key."""
        return f"expected {self.wanted}, found {self.found}{f' ({self.hint})' if self.hint else ''}"


def shown_all(values: Sequence[Any], needles: Iterable[Needle]) -> str:
    """What a condition looked at, long texts shortened around what it looks for."""
    wanted = tuple(needles)
    texts = " and ".join(dict.fromkeys(_one(value, wanted) for value in values[:MOST_VALUES])) or "nothing"
    return texts if len(values) <= MOST_VALUES else f"{texts} and {len(values) - MOST_VALUES} more"


def _one(value: Any, needles: Iterable[Needle]) -> str:
    if not isinstance(value, str) or len(value) <= WIDEST:
        return brief(value)
    return shown(excerpt(collapse(value), needles))


def brief(value: Any) -> str:
    """A value as it is written, in short; lists and mappings as JSON."""
    if not isinstance(value, list | dict):
        return shown(value)
    return shortened(json.dumps(value, ensure_ascii=False, default=str), WIDEST)


def either(words: Sequence[str]) -> str:
    """All that may be; of very many the first."""
    return " or ".join(
        words if len(words) <= MOST_VALUES else [*words[:MOST_VALUES], f"{len(words) - MOST_VALUES} more"]
    )


def excerpt(text: str, needles: Iterable[Needle] = ()) -> str:
    """A text shortened around the place that matters: its beginning, unless something is looked for."""
    places = (place for needle in needles for place in _places(text, *needle))
    begin = max(0, min(next(places, 0) - BEFORE, len(text) - WIDEST))
    end = begin + WIDEST
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _places(text: str, operator: str, wanted: Any) -> Iterator[int]:
    """Where a text has what an operator wants, or something like it."""
    if not isinstance(wanted, str):
        return
    match operator:
        case "matches":
            yield from (found.start() for found in re.finditer(wanted, text[:SEARCHED], re.IGNORECASE))
        case "equals" | "in_":
            yield len(list(takewhile(lambda pair: pair[0] == pair[1], zip(text, collapse(wanted), strict=False))))
        case "ends_with":
            yield len(text)
        case "contains":
            yield from _words(collapse(text).folded, collapse(wanted).folded)


def _words(text: str, wanted: str) -> Iterator[int]:
    """Where the whole of it stands, else the longest of its words."""
    words = sorted((word for word in wanted.split() if len(word) >= SHORTEST_WORD), key=len, reverse=True)
    yield from (text.index(part) for part in (wanted, *words) if part in text)
