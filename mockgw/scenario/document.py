"""Document: YAML as people mean it, with the place of every value."""

import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

import yaml

from mockgw.errors import Problem, ScenarioError
from mockgw.scenario import hints
from mockgw.scenario.composer import Composer, Path, Place
from mockgw.scenario.written import WrittenFloat, WrittenInt, plain
from mockgw.values import light

__all__ = ["Document", "Path", "Place", "WrittenFloat", "WrittenInt", "parse", "plain", "read"]

MAX_BYTES = 16 * 1024 * 1024

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@light
class Document:
    """A file's value, the line and column (from 1) of everything in it, and what is wrong with its YAML."""

    path: pathlib.Path
    value: Any
    places: Mapping[Path, Place]
    key_places: Mapping[Path, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, path: Path) -> Place:
        """Where the value stands, or what it stands in: an alias has one place, whatever it brings."""
        known = (path[:length] for length in range(len(path), 0, -1) if path[:length] in self.places)
        return self.places[next(known, ())]

    def at(self, path: Path) -> Any:
        """What stands there."""
        found = self.value
        for step in path:
            found = found[step]
        return found

    def key_place(self, path: Path) -> Place:
        return self.key_places.get(path) or self.place(path)

    def spot(self, path: Path) -> str:
        """Where the value stands, in short: `weather.yaml:3`."""
        return f"{self.path.name}:{self.place(path)[0] if path else 1}"

    def where(self, path: Path) -> str:
        """Where the value stands, for somebody who looks at the same file."""
        return f"line {self.place(path)[0]}"

    def problem(self, message: str, path: Path, code: str) -> Problem:
        return Problem(message, self.path, *self.place(path), code)

    def key_problem(self, message: str, path: Path, code: str) -> Problem:
        """As `problem`, with the place of the key: for one that is unknown."""
        return Problem(message, self.path, *self.key_place(path), code)

    def warning(self, message: str, path: Path, code: str) -> Problem:
        return Problem(message, self.path, *self.place(path), code, severity="warning")

    def error(self, message: str, path: Path = (), *, code: str) -> ScenarioError:
        return ScenarioError(message, self.path, *self.place(path), code=code)


def read(path: pathlib.Path) -> Document:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError("there is no such file", path, code="unreadable") from None
    except IsADirectoryError:
        raise ScenarioError("this is a folder; a scenario is a file", path, code="unreadable") from None
    except (OSError, ValueError) as error:
        told = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ScenarioError(told, path, code="unreadable") from None
    return parse(data, path)


def parse(text: str | bytes, path: pathlib.Path) -> Document:
    if len(text) > MAX_BYTES:
        raise ScenarioError(f"is larger than {MAX_BYTES // 1024**2} MB", path, code="unreadable")
    decoded = (_decode(text, path) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    _refuse_control_characters(decoded, path)
    composer = Composer(path, decoded)
    try:
        value = composer.compose(_events(decoded, path))
    except ScenarioError as error:
        raise ScenarioError.of([*composer.problems, *error.problems]) from None
    return Document(path, value, composer.places, composer.key_places, tuple(composer.problems))


def _decode(data: bytes, path: pathlib.Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError("this file is UTF-16; save it as UTF-8", path, 1, 1)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, column = _place_of_end(data[: error.start].decode())
        message = f"byte 0x{data[error.start]:02x} (offset {error.start}) is not UTF-8; save the file as UTF-8"
        raise ScenarioError(message, path, line, column) from None


def _refuse_control_characters(text: str, path: pathlib.Path) -> None:
    found = _NOT_TEXT.search(text)
    if found is None:
        return
    code = f"{ord(found[0]):04X}"
    advice = "is this file UTF-8 text?" if code == "0000" else f'in double quotes, write it as "\\u{code}"'
    raise ScenarioError(
        f"character U+{code} cannot stand in YAML; {advice}", path, *_place_of_end(text[: found.start()])
    )


def _place_of_end(text: str) -> Place:
    lines = hints.lines(text)
    return len(lines), len(lines[-1]) + 1


def _events(text: str, path: pathlib.Path) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        from mockgw.scenario.trouble import hint_at  # most files have none

        hint = hint_at(error, text)
        raise ScenarioError(hint.message, path, *hint.place) from None
