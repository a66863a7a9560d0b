"""Regexes: expressions that can be read and yet find nothing, or everything."""

import re
from collections.abc import Iterator
from typing import Any

from mockgw.errors import Problem
from mockgw.lint.matches import places
from mockgw.notation import shown
from mockgw.scenario.document import Path
from mockgw.scenario.model import Scenario

SLASHES = re.compile(r"/(?P<inner>.+)/(?P<flags>[msuy]*[gi][gimsuy]*)", re.DOTALL)
# An expression without alternatives or options, in which white space stands that no collapsed text has.
WHITE = re.compile(r"(?:[^\\\[|(?*{]|\\[^ntrfv])*?(?P<white>\\[ntrfv]|[\n\t]|\x20{2})(?![?*{])[^|?]*", re.DOTALL)
NAMED = ("header", "body")  # what stands below has names of its own
EXAMPLES = ("", "?", "a 1")  # what has nothing in common
VALUES = ("equals", "in")


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """Regular expressions as other languages write them, and those that ask for what is collapsed."""
    document = scenario.document
    for place in places(scenario):
        for path, pattern in _expressions(document.at(place), place):
            if doubt := _doubt(pattern):
                yield document.warning(f"{shown(pattern)} hardly matches: {doubt}", path, "doubtful-regex")
    for path, pattern in _flagging(document.value):
        if doubt := _doubt(pattern):
            yield document.warning(f"{shown(pattern)} hardly flags anything: {doubt}", path, "doubtful-regex")
        elif _finds_everything(pattern):
            told = f"{shown(pattern)} flags every input, as it is found in an empty text too"
            yield document.warning(told, path, "doubtful-regex")


def _flagging(value: Any) -> Iterator[tuple[Path, str]]:
    """The expressions of moderation."""
    match value:
        case {"gateway": {"moderation": {"reasons": dict(reasons)}}}:
            for name, reason in reasons.items():
                if isinstance(reason, dict) and "patterns" in reason:
                    yield from _texts(reason["patterns"], ("gateway", "moderation", "reasons", name, "patterns"))


def _finds_everything(pattern: str) -> bool:
    return all(re.search(pattern, text) for text in EXAMPLES)


def _expressions(written: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All operands of `matches` below a place."""
    for key, part in written.items() if isinstance(written, dict) else ():
        if key == "matches" and path[-1] not in NAMED:
            yield from _texts(part, (*path, key))
        elif key not in VALUES:
            yield from _expressions(part, (*path, key))
    for index, part in enumerate(written) if isinstance(written, list) else ():
        yield from _expressions(part, (*path, index))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """One text, or several."""
    if isinstance(value, list):
        yield from (((*path, index), str(one)) for index, one in enumerate(value))
    else:
        yield path, str(value)


def _doubt(pattern: str) -> str:
    if slashes := SLASHES.fullmatch(pattern):
        option = f"(?i){slashes['inner']}" if "i" in slashes["flags"] else slashes["inner"]
        return f"the slashes and what follows them are part of it; Python writes {option}"
    if "\x08" in pattern:
        return r"in double quotes, '\b' is a control character; put it in single quotes"
    if white := WHITE.fullmatch(pattern):
        return f"white space is collapsed before, so there is no {shown(white['white'])}; write a blank, or \\s+"
    return ""
