"""Providers: models that none of a gateway's providers has, and states that none of them gets to."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockgw.errors import Problem
from mockgw.protocol.models import canonical
from mockgw.scenario.document import Path
from mockgw.scenario.model import Scenario

if TYPE_CHECKING:
    from mockgw.scenario.gateway.states import Script

CODE = "doubtful-provider"
PROVIDERS: Path = ("gateway", "providers")


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """Nothing, where a scenario says nothing of providers."""
    providers = scenario.terms.section.providers if scenario.terms else {}
    if providers:
        yield from _unreached(scenario, providers)
        yield from _homeless(scenario, providers)


def _unreached(scenario: Scenario, providers: "Mapping[str, Script]") -> Iterator[Problem]:
    """States behind one that never ends."""
    for name, script in providers.items():
        place: Path = (*PROVIDERS, name)
        *others, last = script.state
        endless = next((index for index, state in enumerate(others) if not state.ends), None)
        if endless is not None:
            told = "this state never ends, so those behind it never come; give it 'for' or 'times'"
            yield scenario.document.warning(told, (*place, "state", endless), CODE)
        elif script.then == "loop" and not last.ends:
            told = "the last state never ends, so they never begin anew; give it 'for' or 'times'"
            yield scenario.document.warning(told, (*place, "then"), CODE)


def _homeless(scenario: Scenario, providers: Mapping[str, Any]) -> Iterator[Problem]:
    """Models that are written down and that nobody has."""
    if any(one.models is None for one in providers.values()):
        return
    assert scenario.terms is not None
    section, hosted = scenario.terms.section, {canonical(name) for one in providers.values() for name in one.models}
    named: list[tuple[str, Path]] = [(name, ("gateway", "models", name)) for name in section.models if name != "*"]
    for model, others in section.fallbacks.items():
        named += [(name, ("gateway", "fallbacks", model, index)) for index, name in enumerate(others)]
    for name, place in named:
        if canonical(name) not in hosted:
            told = f"no provider has the model {name!r}, so it never answers; name it under the 'models' of one"
            yield scenario.document.warning(told, place, CODE)
