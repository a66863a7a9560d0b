from mockgw.report.tally import Answered, Tally, Tokens, tally, total
from mockgw.verify.in_use import rules_in_use
from tests.verify.sessions import Client

TEXT = """
rules:
  - {id: hi, match: {prompt: Hi}, reply: Hello there}
  - {id: shaky, match: {prompt: shaky}, attempts: [{error: 529}, {error: 529}, Well.]}
  - {id: cut, match: {prompt: cut}, reply: So much to say, fault: truncate}
"""


def tallied(client: Client, evicted: int = 0) -> Tally:
    return tally(client.exchanges, rules_in_use(None, client.gateway.library, client.exchanges), evicted)


def test_what_came_is_counted() -> None:
    client = Client(TEXT)
    for prompt in ("Hi", "shaky", "shaky", "shaky", "cut", "unknown"):
        client.ask(prompt)
    found = tallied(client, evicted=2)
    assert (found.requests, found.retries) == (8, 2)
    assert found.rules == (
        Answered("test", "shaky", "test.yaml:4", 3),
        Answered("test", "hi", "test.yaml:3", 1),
        Answered("test", "cut", "test.yaml:5", 1),
    )
    assert (found.others, found.statuses) == ({"POST /v1/messages": 1}, {"200": 3, "529": 2, "400": 1})
    assert found.faults == {"truncate": 1}


def test_tokens_are_those_that_answers_told() -> None:
    client = Client("{reply: Hi, usage: {input_tokens: 7, cache_read_input_tokens: 2, cache_creation_input_tokens: 3}}")
    exchanges = [client.ask(), client.ask()]
    output = sum(one.usage.output_tokens for one in exchanges if one.usage)
    assert tallied(client).tokens == Tokens(14, output, 6, 4)
    assert output > 0


def test_what_chaos_answers_in_the_place_of_a_rule_is_not_the_rules() -> None:
    client = Client("{reply: Hi, chaos: [{error: 529, rate: 1}]}")
    client.ask()
    found = tallied(client)
    assert (found.rules, found.others) == ((), {"chaos error:529 (test.yaml:1)": 1})


def test_several_are_added() -> None:
    rules = Answered("a", "x", "", 2), Answered("a", "x", "", 1), Answered("b", "x", "", 1)
    one = Tally(3, rules[:1], {"GET /": 1}, {"200": 3}, {"stall": 1}, 1, Tokens(1, 2, 3, 4))
    other = Tally(2, rules[1:], {"GET /": 1, "PUT /": 1}, {"429": 2}, {}, 0, Tokens(10, 20, 30, 40))
    assert total([one, other]) == Tally(
        5,
        (Answered("a", "x", "", 3), Answered("b", "x", "", 1)),
        {"GET /": 2, "PUT /": 1},
        {"200": 3, "429": 2},
        {"stall": 1},
        1,
        Tokens(11, 22, 33, 44),
    )
    assert total([]) == Tally()
