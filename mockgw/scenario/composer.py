"""Composer: values and their places from YAML's events."""

import pathlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from mockgw.errors import Problem, ScenarioError
from mockgw.notation import shown
from mockgw.scenario import hints
from mockgw.scenario.written import written
from mockgw.values import light

Path = tuple[str | int, ...]
Place = tuple[int, int]

MAX_PROBLEMS = 100  # with more, something else is wrong
MAX_VALUES = 100_000  # half a second's work; 10,000 small rules hold half as many

_FOR_NOTHING = 'write a value, or "" for an empty text, or null'
_EMPTY = "this file is empty; the smallest scenario is: reply: Hello."
_QUOTES = ("'", '"')
# Keys of mappings: when nothing stands behind one, what belongs under it most likely stands beside it.
_MAPPINGS = ("match", "usage", "headers", "defaults", "gateway", "header", "body", "tool_use", "generate", "at")


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    path: Path
    anchor: str | None = None
    begun_at: int = 0  # how many values there were before it
    height: int = 1


@dataclass(slots=True)
class _List(_Open):
    value: list[Any] = field(default_factory=list)

    def next_path(self) -> Path:
        return (*self.path, len(self.value))

    def put(self, value: Any) -> None:
        self.value.append(value)


@dataclass(slots=True)
class _Top(_List):
    """The file, as if it were a list of one value."""

    def next_path(self) -> Path:
        return self.path


@dataclass(slots=True)
class _Mapping(_Open):
    value: dict[str, Any] = field(default_factory=dict)
    entry: Path | None = None  # of the key whose value comes next

    def next_path(self) -> Path:
        assert self.entry
        return self.entry

    def put(self, value: Any) -> None:
        key = self.next_path()[-1]
        if isinstance(key, str):
            self.value[key] = value
        self.entry = None


@light
class _Anchored:
    value: Any
    count: int  # of values, itself included
    height: int


class Composer:
    """Values from YAML's events, with a stack of its own: no file can use up Python's."""

    def __init__(self, path: pathlib.Path, text: str) -> None:
        self._path = path
        self._text = text
        self.places: dict[Path, Place] = {}
        self.key_places: dict[Path, Place] = {}
        self.problems: list[Problem] = []  # those after which one can read on
        self._top = _Top(())
        self._stack: list[_List | _Mapping] = [self._top]
        self._anchors: dict[str, _Anchored | None] = {}  # None: still open
        self._unused: dict[str, yaml.ScalarEvent] = {}  # anchors of unquoted texts that no alias has repeated yet
        self._count = 0

    def compose(self, events: Iterable[yaml.Event]) -> Any:
        take: dict[type[yaml.Event], Callable[[Any], None]] = {  # a table: `match` costs a third of the time here
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._begin,
        }
        for event in events:
            if type(event) in take:
                take[type(event)](event)
        if not self._top.value:
            raise ScenarioError(_EMPTY, self._path)
        self._refuse_lost_words()
        return self._top.value[0]

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        if self._top.value:
            raise self._error("a second '---'; a file holds one scenario", event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        top = self._stack[-1]
        if isinstance(top, _Mapping) and top.entry is None:
            self._key(event, top)
            return
        value = event.value if event.tag else self._value(event)
        self._add(event, value)
        if event.implicit[0] and isinstance(value, str):
            self._doubt_comment(event)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, count=1, height=0)
            if event.implicit[0] and value is not None:
                self._unused[event.anchor] = event

    def _key(self, event: yaml.ScalarEvent, mapping: _Mapping) -> None:
        if not event.value and event.implicit[0]:
            raise self._error("a key is missing before this ':'", event)
        key = self._without_no_break_spaces(event)
        path: Path = (*mapping.path, key)
        if path in self.key_places:
            line = self.key_places[path][0]
            told = f"'{key}' stands here a second time; the first is in line {line}"
            self._note(self._error(told, event, code="duplicate-key"))
            path = (*mapping.path, -1 - len(self.key_places))  # what stands there is read, and then left out
        self.key_places[path] = _place(event)
        mapping.entry = path

    def _without_no_break_spaces(self, event: yaml.ScalarEvent) -> str:
        """A key as it was meant: what looks like a blank and is none comes from copied text."""
        if not event.implicit[0] or not hints.no_break_space(event.value):
            return event.value
        self._note(self._error(hints.NO_BREAK_SPACE, event))
        return event.value.strip("- \xa0")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        self._refuse_as_key(event)
        if len(self._stack) > hints.MAX_DEPTH:
            raise self._error(hints.TOO_DEEP, event)
        kind = _Mapping if isinstance(event, yaml.MappingStartEvent) else _List
        opened = kind(self._stack[-1].next_path(), event.anchor, self._count)
        self._add(event, opened.value)
        self._stack.append(opened)
        if event.anchor:
            self._anchors[event.anchor] = None

    def _close(self, _: yaml.CollectionEndEvent) -> None:
        closed = self._stack.pop()
        self._stack[-1].height = max(self._stack[-1].height, closed.height + 1)
        if closed.anchor:
            self._anchors[closed.anchor] = _Anchored(closed.value, self._count - closed.begun_at, closed.height)

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._refuse_as_key(event)
        if event.anchor not in self._anchors:
            message = f"there is no '&{event.anchor}' above; quote text that starts with '*'"
            raise self._error(message, event)
        self._unused.pop(event.anchor, None)
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise self._error(f"'*{event.anchor}' stands inside '&{event.anchor}' and would never end", event)
        if len(self._stack) + anchored.height > hints.MAX_DEPTH + 1:
            raise self._error(hints.TOO_DEEP, event)
        self._stack[-1].height = max(self._stack[-1].height, anchored.height + 1)
        self._add(event, anchored.value, count=anchored.count)

    def _add(self, event: yaml.Event, value: Any, *, count: int = 1) -> None:
        top = self._stack[-1]
        self.places[top.next_path()] = _place(event)
        top.put(value)
        self._count += count
        if self._count > MAX_VALUES:
            what = "aliases expand to" if isinstance(event, yaml.AliasEvent) else "the file holds"
            raise self._error(f"{what} more than {MAX_VALUES:,} values", event)

    def _value(self, event: yaml.ScalarEvent) -> Any:
        if not event.value and event.style not in _QUOTES:
            self._note_nothing(event)
            return None
        if isinstance(self._stack[-1], _Top) and event.implicit[0] and hints.no_break_space(event.value):
            self._note(self._error(hints.NO_BREAK_SPACE, event))
        return self._number(event) if event.implicit[0] else event.value

    def _number(self, event: yaml.ScalarEvent) -> Any:
        try:
            return written(event.value)
        except OverflowError:
            self._note(self._error("this number is too large; quote it if it is text", event))
            return 0

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag:
            self._note(self._error("tags are not known here; quote text that starts with '!'", event))

    def _doubt_comment(self, event: yaml.ScalarEvent) -> None:
        """A `#` that a word follows at once may well be meant as text."""
        end = event.end_mark
        if end is None or (found := hints.lost_comment(self._text, end.index)) is None:
            return
        told = f"{shown(found['comment'])} is a comment, and no part of the text before it; quote all of it"
        told += ", or put a space after the '#'"
        place = end.line + 1, end.column + found.start("comment") - found.start() + 1
        self.problems.append(Problem(told, self._path, *place, "cut-text", "warning"))

    def _refuse_lost_words(self) -> None:
        """A word after `&` names what follows it, and is no part of it: people mean it as text."""
        for anchor, event in self._unused.items():
            told = f"YAML takes '&{anchor}' for a name of what follows, and no '*{anchor}' uses it; {hints.quote('&')}"
            self._note(self._error(told, event))

    def _note(self, error: ScenarioError) -> None:
        """Keep a problem and read on: people want to hear of all at once."""
        self.problems.extend(error.problems)
        if len(self.problems) > MAX_PROBLEMS:
            self.problems.pop()
            raise error

    def _refuse_as_key(self, event: yaml.Event) -> None:
        top = self._stack[-1]
        if not isinstance(top, _Mapping) or top.entry is not None:
            return
        line, column = _place(event)
        if self._text.startswith("{{", _index(event) - 1):
            raise ScenarioError(hints.quote("{{"), self._path, line, column - 1)
        raise self._error("a key must be text", event)

    def _note_nothing(self, event: yaml.ScalarEvent) -> None:
        """Inside of what is left out it is no problem."""
        if not any(isinstance(step, int) and step < 0 for step in self._stack[-1].next_path()):
            self._note(self._nothing(event))

    def _nothing(self, event: yaml.ScalarEvent) -> ScenarioError:
        top = self._stack[-1]
        if isinstance(top, _Top):
            raise ScenarioError(_EMPTY, self._path)
        if isinstance(top, _List):
            return self._error(f"this item is empty; {_FOR_NOTHING}", event, code="empty-value")
        path = top.next_path()
        sign = hints.lost_sign(self._text, _index(event))
        advice = hints.glued_key(str(path[-1])) or self._advice(sign)
        if path[-1] in _MAPPINGS and not sign:
            advice = "indent what belongs under it, or leave it out"
        place = self.key_places[path]
        return ScenarioError(f"'{path[-1]}' is empty; {advice}", self._path, *place, code="empty-value")

    def _advice(self, sign: str) -> str:
        """What to do about a key without a value, if this is where its value should be."""
        if sign in ("|", ">"):
            return f"indent the lines of text below it, or {hints.quote(sign)}"
        return f"{_FOR_NOTHING}, or {hints.quote(sign)}" if sign else _FOR_NOTHING

    def _error(self, message: str, event: yaml.Event, *, code: str = "yaml") -> ScenarioError:
        return ScenarioError(message, self._path, *_place(event), code=code)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark
    return mark.line + 1, mark.column + 1


def _index(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.index
