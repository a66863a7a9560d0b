"""Given: what a test has told its gateway, and can take back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from mockgw.errors import MockgwError
from mockgw.sessions import Armed, Session
from mockgw.testing.answers import Data
from mockgw.testing.builder import Built
from mockgw.testing.documents import Line

if TYPE_CHECKING:
    from mockgw.testing.gateway import Gateway
    from mockgw.testing.requests import Request

NARROWER = ("match", "times", "fallback")  # a rule with none of them is asked after those that are more special


class GivenRule(Built):
    """A rule that answers since it was given."""

    def __init__(self, gateway: "Gateway", data: Data, line: Line) -> None:
        super().__init__(data, line)
        self._gateway = gateway
        self.id = gateway.inside(lambda session: put(session, self))

    @property
    def requests(self) -> "list[Request]":
        """The requests that it answered, in the order in which they came."""
        return [request for request in self._gateway.requests if request.rule == self.id and not request.refusal]

    @property
    def called(self) -> bool:
        """Whether it answered any."""
        return bool(self.requests)

    def withdraw(self) -> None:
        """Take it back."""
        self._gateway.inside(lambda session: session.withdraw(self.id))


def is_last_resort(built: Built) -> bool:
    """Whether it is for all that no more special rule is for."""
    return not any(key in built.data for key in NARROWER)


def reached(rules: Iterable[GivenRule]) -> list[GivenRule]:
    """Those that requests can get to: one that stands behind another with the same match never answers."""
    found: list[GivenRule] = []
    for rule in rules:
        before = [one.data for one in found if one.rule.times is None and one.data.get("then") != "next_rule"]
        if all(data.get("match") != rule.data.get("match") for data in before):
            found.append(rule)
    return found


def put(session: Session, built: Built) -> str:
    """Give a session a rule, in its place among those that it was given before; its id.

    Those with `times` come first, in the order in which they were given: a script that is used up. Then the others,
    the newest first; one that takes everything is asked after all that are more special, be they of a file.
    """
    rule = replace(built.rule, yields=is_last_resort(built))
    if rule.named and any(rule.id == other.id for other in session.overrides):
        raise MockgwError(f"{rule.place}: there is a rule {rule.id!r} already; withdraw it, or choose another id")
    scripted = next((at for at, one in enumerate(session.overrides) if one.times is None), len(session.overrides))
    [given] = session.override([rule], before=scripted)
    return given.id


class GivenFault:
    """What strikes since it was given, whatever the rules answer. As a context manager it ends with the block."""

    def __init__(self, armed: Armed, disarm: Callable[[], object]) -> None:
        self._armed, self._disarm = armed, disarm

    @property
    def id(self) -> str:
        """Its name in the log."""
        return self._armed.id

    @property
    def left(self) -> int | None:
        """How many requests it may still strike; None if there is no such limit."""
        return self._armed.left

    def withdraw(self) -> None:
        """Take it back."""
        self._disarm()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.withdraw()
