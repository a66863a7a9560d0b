"""Letters: how near one text is to another, and where the first difference between them is."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from mockgw.notation import shown
from mockgw.scenario.operators import FAR, SEARCHED

ALIKE = 0.7  # the share of two texts that is the same, below which they are others
LOOKS_SAME = 0.05
COMPARED = 80  # characters that are compared one by one, after what both begin and end with
SOUGHT = 4000  # characters in which something like a part is sought
GRAM = 3  # characters by which it is found
TIMES = 4  # and how often each
GRAMS = 24  # about so many are sought
SHARED = 16  # characters that both begin with, enough to say where they part
SHOWN = 24  # characters of what differs
TOGETHER = 20  # and of what stands before it

ACCENTS = "".join(map(chr, range(0x300, 0x370)))  # that stand behind their letter
# What looks alike, beside what Unicode itself says to be compatible.
LOOKALIKES = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0x60, 0xB4), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0x2033, 0xAB, 0xBB), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-"),
}


def distance(where: str, value: str, wanted: str) -> float:
    """How far apart they are, from 0 to 1; `where` in the value it is wanted: all, start, end, part."""
    if not where or not value or not wanted:
        return FAR
    part = _part(where, value, wanted)
    if _looks_same(part, wanted):
        return LOOKS_SAME
    share = _alike(part, wanted)
    return 1 - share if share >= ALIKE else FAR


def apart(where: str, value: str, wanted: str) -> str:
    """What tells them apart; nothing when they are not alike."""
    if distance(where, value, wanted) == FAR and not _part_late(where, value, wanted):
        return ""
    part = _part(where, value, wanted)
    if "".join(part.split()) == "".join(wanted.split()):
        return f"only white space differs: {_difference(part, wanted)}"
    if _looks_same(part, wanted):
        return f"they look the same, but {_difference(*_first_apart(part, wanted))}"
    return _difference(part, wanted)


def _part_late(where: str, value: str, wanted: str) -> bool:
    return where in ("all", "start") and _shared(value, wanted) >= SHARED


def _part(where: str, value: str, wanted: str) -> str:
    """What of a value is to be compared."""
    match where:
        case "start":
            return value[: len(wanted)]
        case "end":
            return value[-len(wanted) :]
        case "part":
            return _window(value[:SOUGHT], wanted)
    return value


@lru_cache(maxsize=4096)
def _window(value: str, wanted: str) -> str:
    """The part of a text that is most like another."""
    votes = Counter(_places(value, wanted))
    begin = max(0, (votes.most_common(1)[0][0] if votes else 0) - GRAM)
    near, sought = value[begin : begin + min(len(wanted), COMPARED) + 2 * GRAM], wanted[:COMPARED]
    blocks = SequenceMatcher(None, near, sought, autojunk=False).get_matching_blocks()
    first, last = blocks[0], blocks[max(0, len(blocks) - 2)]
    begin, end = begin + max(0, first.a - first.b), begin + last.a + len(sought) - last.b
    return value[begin : end if len(wanted) == len(sought) else begin + len(wanted)]


def _places(value: str, wanted: str) -> Iterator[int]:
    """Where a text would begin in another, as some of its characters have it."""
    last = max(0, min(len(wanted), COMPARED) - GRAM)
    for at in range(0, last + 1, 1 + last // GRAMS):
        place = -1
        for _ in range(TIMES):
            if (place := value.find(wanted[at : at + GRAM], place + 1)) < 0:
                break
            yield place - at


def _looks_same(part: str, wanted: str) -> bool:
    return abs(len(part) - len(wanted)) < COMPARED and _skeleton(part) == _skeleton(wanted)


@lru_cache(maxsize=1024)
def _skeleton(text: str) -> str:
    """A text without what no eye sees."""
    known = unicodedata.normalize("NFKC", text[:SEARCHED]).translate(LOOKALIKES)
    return "".join(char for char in known if not _is_unseen(char) and not char.isspace())


@lru_cache(maxsize=4096)
def _alike(one: str, other: str) -> float:
    """The share of both that is the same."""
    total = len(one) + len(other)
    before, after = _ends(one, other)
    rest, others = one[before : len(one) - after], other[before : len(other) - after]
    same = 2 * (before + after)
    if min(len(rest), len(others)) * 2 + same < ALIKE * total:
        return 0.0
    matcher = SequenceMatcher(None, rest[:COMPARED].casefold(), others[:COMPARED].casefold(), autojunk=False)
    least = (ALIKE * total - same) / max(1, total - same)
    share = matcher.ratio() if matcher.quick_ratio() >= least else 0.0
    return (same + share * (total - same)) / total


def _ends(one: str, other: str) -> tuple[int, int]:
    """How many characters both begin with, and how many of the others both end with."""
    before = _shared(one, other)
    after = _shared(one[before:][::-1], other[before:][::-1])
    return before, after


def _shared(one: str, other: str) -> int:
    """How many characters both begin with: halving is quicker than walking, as texts may be long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _first_apart(part: str, wanted: str) -> tuple[str, str]:
    """Two texts that look the same up to the first character that is not, since there may be several."""
    place = _shared(part, wanted)
    found, expected = _character(part[place:]), _character(wanted[place:])
    if _is_unseen(expected):
        found = ""
    elif _is_unseen(found):
        expected = ""
    return part[:place] + found, wanted[:place] + expected


def _character(text: str) -> str:
    """The first character with the accents that follow it."""
    rest = text[1:].lstrip(ACCENTS)
    return text[: len(text) - len(rest)]


def _is_unseen(text: str) -> bool:
    return unicodedata.category(text[:1] or "a") == "Cf"


def _difference(part: str, wanted: str) -> str:
    """What is there and what was wanted, where they first differ."""
    before, after = _ends(part, wanted)
    found, expected = part[before : len(part) - after], wanted[before : len(wanted) - after]
    place = f"after {shown(_end(part[:before]))} " if before else "at the beginning "
    if not found:
        return f"{place}it lacks {_shown(expected)}"
    if not expected:
        return f"{place}it has {_shown(found)} too much"
    return f"{place}it has {_shown(found)} where {_shown(expected)} is expected"


def _end(text: str) -> str:
    return text if len(text) <= TOGETHER else f"…{text[-TOGETHER:]}"


def _shown(text: str) -> str:
    """A text in short, with the names of what does not show what it is."""
    named = ", ".join(_names(text)) if len(text) <= 2 else ""
    return shown(text if len(text) <= SHOWN else f"{text[:SHOWN]}…") + (f" ({named})" if named else "")


def _names(text: str) -> Iterator[str]:
    return (f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in text if not char.isascii())
