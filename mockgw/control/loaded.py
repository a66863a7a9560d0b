"""Loaded: what is shown of the loaded scenarios, as plain values."""

from mockgw.control.shapes import Trouble
from mockgw.values import light


@light
class ScenarioInList:
    """A loaded scenario; the `chosen` one answers what names none."""

    name: str
    description: str
    file: str
    rules: int
    chosen: bool


@light
class RuleShown:
    """A rule: where it stands, and how often it answered in each session; a retry of a lost answer is not counted."""

    id: str
    place: str
    fallback: bool
    times: int | None
    answers: dict[str, int]


@light
class RuleText:
    """A rule as it is written, without comments: `text` is YAML."""

    id: str
    place: str
    text: str


@light
class ScenarioProblems:
    """What is doubtful in a loaded scenario, by line."""

    name: str
    file: str
    problems: tuple[Trouble, ...]


@light
class ScenarioShown:
    """A loaded scenario with its rules, in the order in which they are asked."""

    name: str
    description: str
    file: str
    chosen: bool
    rules: tuple[RuleShown, ...]


@light
class Scenarios:
    """Every loaded scenario, in the order of their naming."""

    scenarios: tuple[ScenarioInList, ...]
