from typing import Any

import orjson
import pytest

from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.settings import Settings
from mockgw.verify.expectations import expectations, unused
from mockgw.verify.in_use import rules_in_use
from tests.support import scenario
from tests.verify.sessions import Client


def _rules(client: Client) -> Any:
    return rules_in_use(None, client.gateway.library, client.exchanges)


def _texts(client: Client, evicted: int = 0) -> list[tuple[str, str]]:
    """The state and the text of each, with the ids as `#1`, `#2` … in the order in which they came."""
    found = [(one.state, one.text) for one in expectations(_rules(client), client.exchanges, evicted)]
    for number, exchange in enumerate(client.exchanges, 1):
        found = [(state, text.replace(exchange.request_id, f"#{number}")) for state, text in found]
    return [(str(state), text) for state, text in found]


RULES = """
rules:
  - {id: hi, match: {prompt: Hi}, reply: Hi, expect: 2}
  - {id: ho, match: {prompt: Ho}, reply: Ho, expect: {at_least: 1, at_most: 3}}
  - {id: never, match: {prompt: Never}, reply: Never, expect: 0}
  - {id: rest, reply: Well}
"""


def test_each_expectation_is_told_of() -> None:
    client = Client(RULES)
    for prompt in ("Hi", "Ho", "Hi", "Hi", "Never"):
        client.ask(prompt)
    assert _texts(client) == [
        ("unmet", "hi (test.yaml:3) answered 3 requests: #1, #3 and #4; expected 2 answers"),
        ("met", "ho (test.yaml:4) answered 1 request; expected 1 to 3 answers"),
        ("unmet", "never (test.yaml:5) answered 1 request: #5; expected no answer"),
    ]


def test_what_was_evicted_could_have_been_answered() -> None:
    client = Client(RULES)
    for prompt in ("Hi", "Never"):
        client.ask(prompt)
    told = "but 2 older exchanges have been evicted from the journal, and they could change this"
    assert _texts(client, evicted=2) == [
        ("inconclusive", f"hi (test.yaml:3) answered 1 request; expected 2 answers, {told}"),
        ("inconclusive", f"ho (test.yaml:4) answered 0 requests; expected 1 to 3 answers, {told}"),
        ("unmet", "never (test.yaml:5) answered 1 request: #2; expected no answer"),
    ]


def test_each_try_of_a_call_is_an_answer() -> None:
    client = Client("rules: [{attempts: [{error: 529}, Done.], expect: 2}]")
    for _ in range(2):
        client.ask()
    assert [state for state, _ in _texts(client)] == ["met"]


@pytest.mark.parametrize(
    "rule",
    [
        "{reply: '{{ request.a.b }}', expect: 0}",
        "{text: Hi, fault: {type: error_event}, expect: 0}",
        "{replies: [Hi], then: error, times: 1, match: {prompt: x}, expect: 0}",
    ],
    ids=["template", "fault", "no-match"],
)
def test_what_a_rule_could_not_answer_is_no_answer(rule: str) -> None:
    client = Client(f"rules: [{rule}, {{match: {{prompt: y}}, reply: y}}]")
    assert client.ask().refusal
    assert [state for state, _ in _texts(client)] == ["met"]


def test_what_chaos_says_instead_is_no_answer_of_the_rule() -> None:
    client = Client("{rules: [{reply: Hi, expect: 1}], chaos: [{error: 529, match: {attempt: 1}}]}")
    statuses = [client.ask().status for _ in range(2)]
    assert (statuses, [state for state, _ in _texts(client)]) == ([529, 200], ["met"])


def test_rules_that_never_answered_are_unused() -> None:
    client = Client(RULES)
    client.ask("Hi")
    found = unused(_rules(client), client.exchanges)
    assert [(one.rule, one.place, one.certain) for one in found] == [
        ("ho", "test.yaml:4", True),
        ("rest", "test.yaml:6", True),
    ]
    assert not any(one.certain for one in unused(_rules(client), client.exchanges, evicted=1))


def test_only_the_scenarios_that_were_asked_are_looked_at() -> None:
    client = Client("a")
    scenarios = {name: scenario("rules: [{reply: Hi, expect: 1}]", name) for name in ("one", "other")}
    client.gateway = Pipeline(Library(scenarios, "one"), Settings(), client.clock)
    client.ask(x_mockgw_scenario="other")
    client.ask(x_mockgw_scenario="nope")
    assert [(one.scenario, one.state) for one in expectations(_rules(client), client.exchanges)] == [("other", "met")]


def test_both_are_plain_data() -> None:
    client = Client(RULES)
    client.ask("Hi")
    met = [one.data() for one in expectations(_rules(client), client.exchanges)]
    never = [one.data() for one in unused(_rules(client), [])]
    assert orjson.loads(orjson.dumps(met))[0]["answers"] == [client.exchanges[0].request_id]
    assert orjson.loads(orjson.dumps(never))[0]["rule"] == "hi"
