"""Trouble: what to do about text that is not YAML; imported when there is some."""

import re
from collections.abc import Callable
from typing import NamedTuple

import yaml

from mockgw.scenario.hints import GLUED, NO_BREAK_SPACE, TOO_DEEP, lines, no_break_space, quote
from mockgw.values import light

_VALUE = re.compile(r"""\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s"'{}\[\]:][^"'{}\[\]:]*):\s+)?(?P<value>\S.*)""")
_SMART_QUOTES = ("\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab")
_LONGEST_KEY = 1024  # in YAML
_AMONG = {
    True: "a list item cannot stand among keys; mend its indentation",
    False: "a key cannot stand among list items; mend its indentation",
}


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@light
class Hint:
    """What is wrong, what to do, and where."""

    message: str
    place: Place


@light
class Trouble:
    """A syntax error: what the parser said of which place, and where the thing it was reading began."""

    problem: str
    context: str
    lines: list[str]
    place: Place
    start: Place

    def line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def character(self, place: Place) -> str:
        return self.line(place.line)[place.column - 1 : place.column]

    def value(self) -> tuple[str, Place]:
        """What follows the key or the dash on the line of the error."""
        found = _VALUE.match(self.line(self.place.line))
        if found is None:
            return "", self.place
        return found["value"], Place(self.place.line, found.start("value") + 1)


def hint_at(error: yaml.MarkedYAMLError, text: str) -> Hint:
    trouble = _trouble(error, text)
    for find in _FINDERS:
        found = find(trouble)
        if found is not None:
            return found
    return Hint(f"this is not YAML: {trouble.problem}", trouble.place)


def _trouble(error: yaml.MarkedYAMLError, text: str) -> Trouble:
    place = _place(error.problem_mark) or Place(1, 1)
    start = _place(error.context_mark) or place
    return Trouble(error.problem or "", error.context or "", lines(text), place, start)


def _place(mark: yaml.Mark | None) -> Place | None:
    return Place(mark.line + 1, mark.column + 1) if mark else None


def _tab(trouble: Trouble) -> Hint | None:
    line = trouble.line(trouble.place.line)
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" in indent:
        return Hint("a tab cannot indent here; use spaces", Place(trouble.place.line, indent.index("\t") + 1))
    if trouble.character(trouble.place) == "\t":
        return Hint("a tab cannot stand here; use spaces", trouble.place)
    return None


def _no_break(trouble: Trouble) -> Hint | None:
    for number in (trouble.place.line, trouble.start.line):
        if no_break_space(trouble.line(number)):
            return Hint(NO_BREAK_SPACE, Place(number, trouble.line(number).index("\xa0") + 1))
    return None


def _template(trouble: Trouble) -> Hint | None:
    value, place = trouble.value()
    return Hint(quote(value[:2]), place) if value.startswith(("{{", "{%")) else None


def _sign(trouble: Trouble) -> Hint | None:
    if trouble.context.endswith((" alias", " anchor", " block scalar", " directive")):
        return Hint(quote(trouble.character(trouble.start)), trouble.start)
    if "keys are not allowed" in trouble.problem or "any token" in trouble.problem:
        return Hint(quote(trouble.character(trouble.place)), trouble.place)
    if "node content" in trouble.problem and trouble.character(trouble.place):
        return Hint(quote(trouble.character(trouble.place)), trouble.place)
    return None


def _dash(trouble: Trouble) -> Hint | None:
    if "entries are not allowed" not in trouble.problem:
        return None
    return Hint("begin a list on a line of its own, or quote text that starts with '- '", trouble.place)


def _escape(trouble: Trouble) -> Hint | None:
    if "Unicode character escape" in trouble.problem:
        return Hint("half a character is written here; write the character itself", trouble.start)
    if "hex" in trouble.problem:
        return Hint(
            "a backslash here begins a character's number but no number follows; use single quotes", trouble.start
        )
    if "escape character" not in trouble.problem:
        return None
    line, column = trouble.place.line, trouble.place.column
    column -= trouble.character(trouble.place) != "\\"  # PyYAML's own parser points behind it, libyaml at it
    escape = trouble.line(line)[column - 1 : column + 1]
    message = f"'{escape}' means nothing in double quotes; use single quotes, or write '\\{escape}'"
    return Hint(message, Place(line, column))


def _open_quote(trouble: Trouble) -> Hint | None:
    if "quoted scalar" not in trouble.context or "unexpected" not in trouble.problem:
        return None
    return Hint(f"this {trouble.character(trouble.start)} is never closed", trouble.start)


def _smart_quotes(trouble: Trouble) -> Hint | None:
    value, place = trouble.value()
    if not value.startswith(_SMART_QUOTES):
        return None
    return Hint(f"{value[0]} is no quote of YAML's; write straight ones, \" or '", place)


def _after_the_end(trouble: Trouble) -> Hint | None:
    value, place = trouble.value()
    if trouble.context != "while parsing a block mapping" or trouble.place.column <= place.column:
        return None
    found = trouble.character(trouble.place)
    if found in ("]", "}"):
        return Hint(f"this {found} closes nothing", trouble.place)
    if not value.startswith(('"', "'")):
        return Hint(quote(value[0]), place)
    inside = "''" if value[0] == "'" else '\\"'
    message = f"text goes on after the closing {value[0]}; quote all of it, and write {value[0]} inside it as {inside}"
    return Hint(message, trouble.place)


def _too_deep(trouble: Trouble) -> Hint | None:
    """libyaml reads ahead, and since 0.2.6 gives up at a depth of its own."""
    return Hint(TOO_DEEP, trouble.place) if "nesting depth" in trouble.problem else None


def _open_bracket(trouble: Trouble) -> Hint | None:
    if "flow" not in trouble.context:
        return None
    if trouble.place.line == trouble.start.line and trouble.character(trouble.place) == ":":
        return Hint("quote text that holds ': ', or put a comma before the next key", trouble.place)
    if trouble.place.line == trouble.start.line:
        return Hint(f"a comma is missing here, or text that holds {_SIGNS} is not quoted", trouble.place)
    return Hint(f"this {trouble.character(trouble.start)} is never closed", trouble.start)


_SIGNS = "[ ] { } , or quotes"


def _colon(trouble: Trouble) -> Hint | None:
    if "mapping values are not allowed" not in trouble.problem:
        return None
    line = trouble.place.line
    if trouble.value()[1].column <= trouble.place.column and ": " in trouble.line(line)[: trouble.place.column - 1]:
        return Hint("quote text that holds ': '", trouble.place)
    if trouble.place.column > _LONGEST_KEY:
        return Hint(f"a key has at most {_LONGEST_KEY:,} characters", Place(line, 1))
    glued = GLUED.match(trouble.line(line - 1)) if line > 1 else None
    if glued:
        return Hint(f"put a space after the ':' of '{glued['glued']}'", Place(line - 1, glued.start("glued") + 1))
    return Hint(_DEEPER, _indent(trouble))


_DEEPER = (
    "this line is indented deeper than the one above, which has its value already; "
    "mend the indentation, or quote text that holds ': '"
)


def _no_colon(trouble: Trouble) -> Hint | None:
    if trouble.problem != "could not find expected ':'":
        return None
    found = trouble.line(trouble.start.line)[trouble.start.column - 1 :].strip()
    return Hint(
        f"'{found[:40]}' has no ': ' and a value after it; text of several lines stands after '|-'", trouble.start
    )


def _key(trouble: Trouble) -> Hint | None:
    expected = "node content" in trouble.problem or " block " in trouble.context
    missing = expected and trouble.character(trouble.place) == ":"
    return Hint("a key is missing before this ':'", trouble.place) if missing else None


def _end(trouble: Trouble) -> Hint | None:
    if "document start" not in trouble.problem:
        return None
    return Hint("the file's one value has ended above; nothing can follow it", trouble.place)


def _indentation(trouble: Trouble) -> Hint | None:
    if " block " not in trouble.context:
        return None
    place = _indent(trouble)
    if place.column == trouble.start.column:
        return Hint(_AMONG[trouble.character(place) == "-"], place)
    return Hint("this line is indented like none above it; mend its indentation", place)


def _indent(trouble: Trouble) -> Place:
    line = trouble.line(trouble.place.line)
    return Place(trouble.place.line, len(line) - len(line.lstrip(" ")) + 1)


_FINDERS: tuple[Callable[[Trouble], Hint | None], ...] = (
    _too_deep,
    _tab,
    _no_break,
    _template,
    _key,
    _sign,
    _dash,
    _smart_quotes,
    _escape,
    _open_quote,
    _after_the_end,
    _open_bracket,
    _colon,
    _no_colon,
    _end,
    _indentation,
)
