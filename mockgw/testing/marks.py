"""Marks: what a test says in `@pytest.mark.mockgw(…)`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockgw.errors import SettingsError
from mockgw.notation import shown
from mockgw.scenario.library import shipped
from mockgw.suggest import did_you_mean
from mockgw.testing.options import OF_MARK, check
from mockgw.wording import alternatives

PLACE = "mark mockgw"
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


def marked(marks: Iterable[Said]) -> Marked:
    """What markers say, given the nearest first: of each argument the nearest counts. SettingsError for a wrong one."""
    paths: tuple[str, ...] = ()
    named: dict[str, Any] = {}
    for positional, keywords in marks:
        check(PLACE, keywords, OF_MARK)
        paths = paths or tuple(map(_path, positional))
        named = {**keywords, **named}
    return Marked(paths, **named)


def _path(value: Any) -> str:
    if not isinstance(value, str | Path):
        raise SettingsError(f"{PLACE}: expected the path of a scenario, found {shown(value)}")
    return str(value)


def found(path: str | Path, folders: Sequence[Path]) -> Path:
    """Where a path leads: from the first of the folders that has it; else it is the name of a scenario that ships."""
    for folder in folders:
        if (folder / path).exists():
            return folder / path
    names = [file.stem for file in shipped().glob("*.yaml")]
    if str(path) in names:
        return Path(path)
    near = [file.name for folder in folders for file in folder.glob("*.y*ml")]
    where = alternatives(list(dict.fromkeys(map(str, folders))))
    raise SettingsError(f"{path}: there is no such file in {where}{did_you_mean(str(path), [*near, *names])}")
