"""Library: the scenarios that are loaded, and the choice among them."""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockgw.errors import Problem, ScenarioError, SettingsError
from mockgw.protocol.errors import ApiError
from mockgw.protocol.models import CATALOGUE, find, model_info, scenario_info, scenario_of
from mockgw.scenario.loader import load
from mockgw.scenario.model import Scenario
from mockgw.suggest import did_you_mean
from mockgw.values import light

PACKAGE = Path(__file__).parent.parent
DEFAULT = "default"
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Library:
    """The loaded scenarios by name, in the order of their naming; `chosen` answers when a request names none."""

    scenarios: dict[str, Scenario]
    chosen: str
    why: str = "it is the usual one"

    def choose(self, named: str | None, model: str | None) -> Scenario:
        """The scenario that a request asks for by header, else by its model, else the usual one; or a 404."""
        if named is not None:
            return self.named(named, "the header x-mockgw-scenario")
        of_model = scenario_of(model) if model is not None else None
        if of_model is not None:
            return self.named(of_model, f"the model {model!r}")
        return self.scenarios[self.chosen]

    def reason(self, named: str | None, model: str | None) -> str:
        """Why `choose` takes the scenario that it takes."""
        if named is not None:
            return "the header x-mockgw-scenario names it"
        if model is not None and scenario_of(model) is not None:
            return f"the model {model!r} names it"
        return self.why

    def model_infos(self) -> list[dict[str, Any]]:
        """What /v1/models lists: the scenarios, then the models that are still served, the newest first."""
        scenarios = [scenario_info(one.name, one.description) for one in self.scenarios.values()]
        return [*scenarios, *(model_info(model) for model in CATALOGUE if model.lifecycle != "retired")]

    def model_info(self, name: str) -> dict[str, Any]:
        """A scenario or a model, in any spelling; or a 404."""
        scenario = self.scenarios.get(scenario_of(name) or "")
        if scenario is not None:
            return scenario_info(scenario.name, scenario.description)
        if found := find(name):
            return model_info(found)
        raise ApiError(404, f"model: {name}", param="model")

    def named(self, name: str, by: str) -> Scenario:
        """A scenario by its name, or a 404 that says who named it."""
        if name in self.scenarios:
            return self.scenarios[name]
        raise ApiError(
            404,
            f"{by} names the scenario {name!r}, which is not loaded{there_are(name, sorted(self.scenarios))}",
            param="" if by.startswith("the header") else "model",
            kind="unknown_scenario",
        )


def there_are(name: str, names: Collection[str]) -> str:
    """The end of a message about an unknown name: the one that was probably meant, before all that may be cut off."""
    meant, listed = did_you_mean(name, names), ", ".join(names)
    return f"{meant} There are {listed}" if meant else f"; there are {listed}"


def shipped() -> Path:
    """The folder of the scenarios that come with mockgw: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "scenarios"
    return inside if inside.is_dir() else PACKAGE.parent / "scenarios"


@light
class Loaded:
    """The files that were to be read, the scenarios among them by name, and what is wrong with the others."""

    files: tuple[Path, ...]
    scenarios: dict[str, Scenario]
    problems: tuple[Problem, ...]


def open_library(paths: Sequence[Path], scenario: str | None = None) -> Library:
    """Load files and folders; the shipped scenarios when none are named. SettingsError or ScenarioError."""
    loaded = load_files(paths)
    if loaded.problems:
        raise ScenarioError.of(loaded.problems)
    return chosen(loaded, paths, scenario)


def located(paths: Sequence[Path]) -> list[Path]:
    """Where paths lead: to files and folders, to a scenario that comes with mockgw, or, without any, to all such."""
    return [_shipped_file(path) or path for path in paths] or [shipped()]


def _shipped_file(path: Path) -> Path | None:
    """The scenario that comes with mockgw and is called so, if nothing else is."""
    file = shipped() / f"{path}.yaml" if _is_name(path) else None
    return file if file and os.path.isfile(file) and not os.path.exists(path) else None


def _is_name(path: Path) -> bool:
    return len(path.parts) == 1 and not path.suffix


def load_files(paths: Sequence[Path]) -> Loaded:
    """Every file that paths name, and every problem of every file. SettingsError for a path that is not there."""
    files = tuple(_files(located(paths)))
    scenarios: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            if file.stem not in scenarios:
                scenarios[file.stem] = load(file)
            else:
                _refuse_namesake(file, scenarios[file.stem].document.path)
        except ScenarioError as error:
            problems += error.problems
    return Loaded(files, scenarios, tuple(problems))


def chosen(loaded: Loaded, paths: Sequence[Path], scenario: str | None, said: str = "--scenario") -> Library:
    """A library that answers by the scenario of this name, else by the usual one. SettingsError if it is unknown.

    `said` is what named it.
    """
    scenarios = loaded.scenarios
    if scenario is None:
        usual, why = _usual(located(paths), loaded.files)
        return Library(scenarios, usual.stem, why)
    if scenario not in scenarios:
        raise SettingsError(f"{said} {scenario}: no such scenario is loaded{there_are(scenario, scenarios)}")
    return Library(scenarios, scenario, f"{said} names it")


def _refuse_namesake(file: Path, other: Path) -> None:
    """A file that is named twice, or by its folder too, is no namesake of itself."""
    if not other.samefile(file):
        told = f"has the same name as {other}; a scenario is called by its file's name"
        raise ScenarioError(told, file, code="same-name")


def _usual(paths: Sequence[Path], files: Sequence[Path]) -> tuple[Path, str]:
    """A folder's default, else the first file that was named, else the first there is; and why."""
    of_folders = ((file, "it is the default of its folder") for file in files if _is_default(file, paths))
    named = ((file, "it is the first file that was named") for file in files if file in paths)
    return next(iter((*of_folders, *named, (files[0], "it is the first of all"))))


def _is_default(file: Path, paths: Sequence[Path]) -> bool:
    return file.stem == DEFAULT and file not in paths


def _is_hidden(file: Path) -> bool:
    """Whether it is none of a folder's scenarios: another folder, a pipe, a socket. A link to nowhere is told of."""
    return file.name.startswith(".") or (os.path.exists(file) and not os.path.isfile(file))


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if os.path.isdir(path):  # Path.is_dir() raises if a folder above may not be read
            yield from _of_folder(path)
        elif os.path.exists(path):
            yield path
        else:
            hint = did_you_mean(str(path), [file.stem for file in shipped().glob("*.yaml")] if _is_name(path) else [])
            raise SettingsError(f"{path}: there is no such file or folder{hint}")


def _of_folder(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir(), key=lambda path: (path.stem, path.suffix))
    except OSError as error:
        raise SettingsError(f"{folder}: cannot be read: {error.strerror}") from None
    found = [path for path in inside if path.suffix in SUFFIXES and not _is_hidden(path)]
    if not found:
        hint = "; subfolders are not read" if any(path.is_dir() for path in inside) else ""
        raise SettingsError(f"{folder}: there is no .yaml file in this folder{hint}")
    return found
