"""Conditions: what a request must be, as functions; each gives plain data, as the YAML of it does."""

from typing import Any, TypedDict

from mockgw.testing.answers import Data


class MatchKeys(TypedDict, total=False):
    """The keys of a `match`: a value, a list of which one must fit, or operators."""

    prompt: Any
    step: Any
    turn: Any
    nth_prompt: Any
    nth_request: Any
    attempt: Any
    tool_result: Any
    attachment: Any
    system: Any
    reminders: Any
    tools: Any
    beta: Any
    model: Any
    stream: Any
    structured: Any
    thinking: Any
    effort: Any
    header: Data
    body: Data
    key: Any
    session: Any
    agent: Any
    clock: Any
    all: list[Data]
    any: list[Data]
    none: list[Data]


def condition(**operators: Any) -> Data:
    """Operators that must all hold; those that are words of Python end in `_`: `condition(not_="x", gte=2)`."""
    return {name.rstrip("_"): value for name, value in operators.items()}


def contains(*texts: str) -> Data:
    """This text is in it; of several, any."""
    return {"contains": _one_or_all(texts)}


def starts_with(*texts: str) -> Data:
    """It starts with this text; of several, with any."""
    return {"starts_with": _one_or_all(texts)}


def ends_with(*texts: str) -> Data:
    """It ends with this text; of several, with any."""
    return {"ends_with": _one_or_all(texts)}


def matches(*expressions: Any) -> Data:
    """This regular expression is found in it; of several, any."""
    return {"matches": _one_or_all(expressions)}


def is_not(value: Any) -> Data:
    """Not this value; or this condition does not hold."""
    return {"not": value}


def present(here: bool = True) -> Data:
    """Whether there is a value at all."""
    return {"present": here}


def _one_or_all(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)
