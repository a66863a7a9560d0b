"""Expectations: how often a rule is to answer, where it hardly can."""

from collections.abc import Iterator

from mockgw.errors import Problem
from mockgw.scenario.model import Scenario
from mockgw.wording import counted


def doubtful(scenario: Scenario) -> Iterator[Problem]:
    """More answers than a rule gives: only when one is lost on its way, it gives it again."""
    for rule in scenario.rules:
        if rule.times is not None and rule.expect is not None and rule.expect.at_least > rule.times:
            told = f"it stops matching after {counted(rule.times, 'answer')} (times: {rule.times})"
            wanted = f"{rule.expect.of('answer')} {'is' if rule.expect.at_most == 1 else 'are'} expected"
            yield scenario.document.warning(f"{wanted}, and {told}", (*rule.path, "expect"), "doubtful-expect")
