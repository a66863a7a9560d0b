"""Marks: what a test says in `@pytest.mark.mockgw(…)`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mockgw.errors import SettingsError
from mockgw.notation import shown
from mockgw.protocol.dialects import DIALECTS
from mockgw.scenario.library import shipped
from mockgw.suggest import did_you_mean
from mockgw.wording import alternatives

Said = tuple[Sequence[Any], Mapping[str, Any]]
"""The arguments of a marker."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What the markers of a test say together."""

    paths: tuple[str, ...] = ()
    scenario: str | None = None
    seed: int | None = None
    time_scale: float | None = None
    dialect: str | None = None
    strict: bool = False
    allow_unmatched: bool = False


KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "scenario": (str, "the name of a scenario"),
    "seed": (int, "a whole number"),
    "time_scale": ((int, float), "a number from 0"),
    "dialect": (str, alternatives(list(DIALECTS))),
    "strict": (bool, "True or False"),
    "allow_unmatched": (bool, "True or False"),
}


def marked(marks: Iterable[Said]) -> Marked:
    """What markers say, given the nearest first: of each argument the nearest counts. SettingsError for a wrong one."""
    paths: tuple[str, ...] = ()
    named: dict[str, Any] = {}
    for positional, keywords in marks:
        paths = paths or tuple(map(_path, positional))
        for name, value in keywords.items():
            named.setdefault(name, _checked(name, value))
    return Marked(paths, **named)


def _path(value: Any) -> str:
    if not isinstance(value, str | Path):
        raise SettingsError(f"mark mockgw: expected the path of a scenario, found {shown(value)}")
    return str(value)


def _checked(name: str, value: Any) -> Any:
    if name not in KINDS:
        known = [field.name for field in fields(Marked)][1:]
        hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
        raise SettingsError(f"mark mockgw: unknown argument {name!r}{hint}")
    kind, expected = KINDS[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool) or not _makes_sense(name, value):
        raise SettingsError(f"mark mockgw: {name!r} takes {expected}, found {shown(value)}")
    return value


def _makes_sense(name: str, value: Any) -> bool:
    if name == "time_scale":
        return bool(0 <= value < float("inf"))
    return name != "dialect" or value in DIALECTS


def found(path: str, folders: Sequence[Path]) -> Path:
    """Where a path leads: from the first of the folders that has it; else it is the name of a scenario that ships."""
    for folder in folders:
        if (folder / path).exists():
            return folder / path
    names = [file.stem for file in shipped().glob("*.yaml")]
    if path in names:
        return Path(path)
    near = [file.name for folder in folders for file in folder.glob("*.y*ml")]
    where = alternatives(list(dict.fromkeys(map(str, folders))))
    raise SettingsError(f"mark mockgw: {path}: there is no such file in {where}{did_you_mean(path, [*near, *names])}")
