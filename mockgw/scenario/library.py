"""Library: the scenarios that are loaded, and the choice among them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockgw.errors import Problem, ScenarioError, SettingsError
from mockgw.protocol.errors import ApiError
from mockgw.protocol.models import CATALOGUE, find, model_info, scenario_info, scenario_of
from mockgw.scenario.loader import load
from mockgw.scenario.model import Scenario
from mockgw.suggest import did_you_mean

PACKAGE = Path(__file__).parent.parent
DEFAULT = "default"
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Library:
    """The loaded scenarios by name, in the order of their naming; `chosen` answers when a request names none."""

    scenarios: dict[str, Scenario]
    chosen: str

    def choose(self, named: str | None, model: str | None) -> Scenario:
        """The scenario that a request asks for by header, else by its model, else the usual one; or a 404."""
        if named is not None:
            return self._named(named, "the header x-mockgw-scenario")
        of_model = scenario_of(model) if model is not None else None
        if of_model is not None:
            return self._named(of_model, f"the model {model!r}")
        return self.scenarios[self.chosen]

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

    def _named(self, name: str, by: str) -> Scenario:
        if name in self.scenarios:
            return self.scenarios[name]
        raise ApiError(
            404,
            f"{by} names the scenario {name!r}, which is not loaded{_there_are(name, sorted(self.scenarios))}",
            param="" if by.startswith("the header") else "model",
            kind="unknown_scenario",
        )


def _there_are(name: str, names: Sequence[str]) -> str:
    return f"; there are {', '.join(names)}{did_you_mean(name, names)}"


def shipped() -> Path:
    """The folder of the scenarios that come with mockgw: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "scenarios"
    return inside if inside.is_dir() else PACKAGE.parent / "scenarios"


@dataclass(frozen=True, slots=True)
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


def load_files(paths: Sequence[Path]) -> Loaded:
    """Every file that paths name, and every problem of every file. SettingsError for a path that is not there."""
    files = tuple(_files(paths or [shipped()]))
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


def chosen(loaded: Loaded, paths: Sequence[Path], scenario: str | None) -> Library:
    """A library that answers by the scenario of this name, else by the usual one. SettingsError if it is unknown."""
    scenarios = loaded.scenarios
    if scenario is None:
        return Library(scenarios, _usual(paths or [shipped()], loaded.files))
    if scenario not in scenarios:
        raise SettingsError(f"--scenario {scenario}: no such scenario is loaded{_there_are(scenario, list(scenarios))}")
    return Library(scenarios, scenario)


def _refuse_namesake(file: Path, other: Path) -> None:
    """A file that is named twice, or by its folder too, is no namesake of itself."""
    if not other.samefile(file):
        told = f"has the same name as {other}; a scenario is called by its file's name"
        raise ScenarioError(told, file, code="same-name")


def _usual(paths: Sequence[Path], files: Sequence[Path]) -> str:
    """A folder's default, else the first file that was named, else the first of the first folder."""
    of_folders = (file for file in files if file.stem == DEFAULT and file not in paths)
    named = (file for file in files if file in paths)
    return next((file for found in (of_folders, named) for file in found), files[0]).stem


def _is_hidden(file: Path) -> bool:
    return file.name.startswith(".") or file.is_dir()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES and not _is_hidden(file))
            if not found:
                subfolders = any(inside.is_dir() for inside in path.iterdir())
                hint = "; subfolders are not read" if subfolders else ""
                raise SettingsError(f"{path}: there is no .yaml file in this folder{hint}")
            yield from found
        elif path.exists():
            yield path
        else:
            raise SettingsError(f"{path}: there is no such file or folder")
