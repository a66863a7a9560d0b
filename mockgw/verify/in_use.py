"""In use: the rules that the requests of a session had to do with."""

from collections.abc import Iterable

from mockgw.journal import Exchange
from mockgw.scenario.library import Library
from mockgw.scenario.model import Rule, Scenario
from mockgw.sessions import Session


def rules_in_use(
    session: Session | None, library: Library, exchanges: Iterable[Exchange], *, or_usual: bool = False
) -> dict[str, list[Rule]]:
    """By scenario: the rules of those that a session's requests had to do with, and its overrides in front.

    None is a session that has ended: it has no rules of its own any more. `or_usual` gives those of the scenario that
    would answer, when no request had to do with any.
    """
    came = list(exchanges)
    known = _scenarios(session, library)
    used = dict.fromkeys(exchange.scenario for exchange in came if exchange.scenario in known)
    if not used and or_usual:
        used[_usual(session, library)] = None
    found = {name: list(known[name].rules) for name in used if name in known}
    for rule in reversed(session.overrides if session else ()):
        for name in _places(rule, came, found):
            found[name].insert(0, rule)
    return found


def _scenarios(session: Session | None, library: Library) -> dict[str, Scenario]:
    loaded = session.library(library) if session else library
    own = session.choice if session else None
    return {**loaded.scenarios, **({own.name: own} if isinstance(own, Scenario) else {})}


def _usual(session: Session | None, library: Library) -> str:
    choice = session.choice if session else None
    if isinstance(choice, Scenario):
        return choice.name
    return choice or (session.library(library) if session else library).chosen


def _places(rule: Rule, came: Iterable[Exchange], found: dict[str, list[Rule]]) -> list[str]:
    """An override belongs to the scenarios in whose place it answered, or to the first if it never did."""
    answered = {one.scenario for one in came if one.rule == rule.id}
    return [name for name in found if name in answered] or list(found)[:1]
