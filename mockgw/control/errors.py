"""Errors: why something that was asked of a running server cannot be done."""

from collections.abc import Collection, Sequence
from typing import Literal

from mockgw.errors import MockgwError, Problem, ScenarioError
from mockgw.suggest import did_you_mean

Kind = Literal["invalid", "unknown", "exists", "full", "files", "unavailable", "timeout"]
MOST_NAMES = 20  # in a message


class ControlError(MockgwError):
    """One clear message, of which kind it is, and each problem with its place if there are several.

    invalid      what was given cannot be used
    unknown      there is no such session, scenario, rule, exchange …
    exists       there is one already
    full         there are too many of them already
    files        what stands in the loaded files cannot be used
    unavailable  this server cannot do that
    timeout      it takes too long
    """

    def __init__(self, message: str, kind: Kind = "invalid", problems: Sequence[Problem] = ()) -> None:
        self.kind = kind
        self.problems = tuple(problems)
        super().__init__(message)


def unusable(error: ScenarioError) -> ControlError:
    """What was given in the scenario language is wrong."""
    return ControlError(str(error), "invalid", error.problems)


def unknown(what: str, name: str, known: Collection[str], advice: str = "") -> ControlError:
    """There is no such thing; the message names those that there are."""
    listed = ", ".join([*list(known)[:MOST_NAMES], *(["…"] if len(known) > MOST_NAMES else [])])
    there_are = f"there are {listed}" if known else "there are none"
    meant = did_you_mean(name, known)
    return ControlError(
        f"there is no {what} {name!r}{meant or '; '}{' ' if meant else ''}{there_are}{advice}", "unknown"
    )
