"""Patterns: text that a regular expression matches, short and readable."""

import re
import re._constants as op  # type: ignore[import-not-found]  # typeshed does not know it
import re._parser as parser  # type: ignore[import-not-found]
import string
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from random import Random
from typing import Any

from mockgw.engine.generate.subschemas import Unmet

LONGEST = 1000  # characters
TRIES = 60
EXTRA = 6  # repeats beyond what is needed
READABLE = string.ascii_letters + string.digits
# Where nothing readable fits, then where nothing of ASCII does.
OTHERS = (string.punctuation + " ", string.whitespace + "éüßñ中文日本語한국ЖщΩ🎉")

# What ECMA's regular expressions write otherwise.
WRITTEN = (
    (re.compile(r"\(\?<(?![=!])"), "(?P<"),
    (re.compile(r"\\u\{([0-9a-fA-F]+)\}"), lambda found: re.escape(chr(min(int(found[1], 16), 0x10FFFF)))),
)
CLASSES = {"Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9", "Letter": "a-zA-Z", "L": "a-zA-Z", "Alphabetic": "a-zA-Z"}


def texts(pattern: str, rng: Random, *, least: int, most: int | None) -> Iterator[str]:
    """Text to try: what it cannot build in (looking ahead, boundaries) is left to luck."""
    try:
        parsed = _parsed(pattern)
    except (re.error, OverflowError, RecursionError, ValueError):
        raise Unmet("", "has a pattern that is written in no way that is understood here") from None
    shortest = parsed.getwidth()[0]
    if shortest > LONGEST:
        raise Unmet("", f"has a pattern for at least {shortest} characters; at most {LONGEST} are made")
    needed = max(0, least - shortest)
    room = EXTRA if most is None else max(0, min(EXTRA, most - shortest - needed))
    for attempt in range(TRIES):
        sampler = Sampler(rng, needed + rng.randint(0, room), greedy=attempt % 2 == 1)
        yield sampler.text(parsed)


def padded(text: str, least: int) -> list[str]:
    """The same, longer: a pattern without anchors is found inside of it."""
    filler = "a" * (least - len(text))
    return [text + filler, filler + text] if filler else []


def _parsed(pattern: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of brackets that it may read otherwise one day
        return parser.parse(_python(pattern))


def _python(pattern: str) -> str:
    for written, meant in WRITTEN:
        pattern = written.sub(meant, pattern)
    return _classes(pattern)


def _classes(pattern: str) -> str:
    r"""`\p{L}` as a set of letters: in brackets, or in brackets of its own."""

    def replaced(found: re.Match[str]) -> str:
        letters = CLASSES.get(found[1].rpartition("=")[2], "a-zA-Z")
        before = re.sub(r"\\.", "", pattern[: found.start()])
        return letters if before.rfind("[") > before.rfind("]") else f"[{letters}]"

    return re.sub(r"\\p\{([\w=]+)\}", replaced, pattern)


class Sampler:
    """Builds one text; repeats share a supply of extra characters."""

    def __init__(self, rng: Random, extra: int, *, greedy: bool) -> None:
        self._rng = rng
        self._extra = extra
        self._greedy = greedy
        self._groups: dict[int, str] = {}

    def text(self, parsed: Any) -> str:
        return "".join(self._one(code, argument) for code, argument in parsed)

    def _one(self, code: Any, argument: Any) -> str:
        make = MAKERS.get(code)
        return make(self, argument) if make else ""

    def _char(self, code: Any, argument: Any) -> str:
        return character([(code, argument)], self._rng)

    def _in(self, members: Any) -> str:
        return character(members, self._rng)

    def _branch(self, argument: Any) -> str:
        return self.text(self._rng.choice(argument[1]))

    def _group(self, argument: Any) -> str:
        number, *_, inner = argument
        text = self.text(inner)
        if number is not None:
            self._groups[number] = text
        return text

    def _repeat(self, argument: Any) -> str:
        least, most, inner = argument
        width = max(1, inner.getwidth()[0])
        extra = min(most - least, self._extra // width)
        if not self._greedy:
            extra = self._rng.randint(0, extra)
        self._extra -= extra * width
        return "".join(self.text(inner) for _ in range(least + extra))

    def _again(self, number: int) -> str:
        return self._groups.get(number, "")


# What is not here adds nothing: anchors, looking ahead and behind.
MAKERS: Mapping[Any, Callable[[Sampler, Any], str]] = {
    op.LITERAL: lambda _sampler, code: chr(code),
    op.NOT_LITERAL: lambda sampler, code: sampler._char(op.NOT_LITERAL, code),
    op.ANY: lambda sampler, _: sampler._rng.choice(READABLE + "!@#$%&*-_"),
    op.IN: Sampler._in,
    op.BRANCH: Sampler._branch,
    op.SUBPATTERN: Sampler._group,
    op.MAX_REPEAT: Sampler._repeat,
    op.MIN_REPEAT: Sampler._repeat,
    op.GROUPREF: Sampler._again,
}

CATEGORIES: Mapping[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    op.CATEGORY_WORD: lambda char: char.isascii() and (char.isalnum() or char == "_"),
    op.CATEGORY_NOT_WORD: lambda char: char.isascii() and not char.isalnum() and char != "_",
}


def character(members: list[Any], rng: Random) -> str:
    """One character of a set, a readable one if there is any."""
    if fitting := _fitting(tuple(members)):
        return rng.choice(fitting)
    ranges = [argument for code, argument in members if code is op.RANGE]
    literals = [chr(argument) for code, argument in members if code is op.LITERAL]
    choices = [chr(rng.randint(*argument)) for argument in ranges] + literals
    return rng.choice(choices).encode("utf-8", "replace").decode() if choices else ""


@lru_cache(maxsize=256)
def _fitting(members: tuple[Any, ...]) -> list[str]:
    """The characters of the first pool that has any."""
    fitting = ([char for char in pool if _holds(members, char)] for pool in (READABLE, *OTHERS))
    return next(filter(None, fitting), [])


def _holds(members: tuple[Any, ...], char: str) -> bool:
    negated: bool = members[0][0] in (op.NEGATE, op.NOT_LITERAL)
    return any(_member(code, argument, char) for code, argument in members) != negated


def _member(code: Any, argument: Any, char: str) -> bool:
    if code in (op.LITERAL, op.NOT_LITERAL):
        return bool(ord(char) == argument)
    if code is op.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    return bool(code is op.CATEGORY and CATEGORIES[argument](char))
