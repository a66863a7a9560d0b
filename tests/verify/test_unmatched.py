import orjson

from mockgw.verify.unmatched import unmatched
from tests.verify.sessions import Client


def test_what_no_scenario_answered_comes_with_its_message() -> None:
    client = Client("rules: [{id: sun, match: {prompt: {contains: weather}}, reply: It is sunny.}]")
    client.ask("the weather")
    miss = client.ask("the Weather")
    unknown = client.ask(x_mockgw_scenario="tset")
    found = unmatched(client.exchanges)
    assert [(one.id, one.kind, one.status, one.scenario) for one in found] == [
        (miss.request_id, "no_match", 400, "test"),
        (unknown.request_id, "unknown_scenario", 404, ""),
    ]
    assert found[0].message == (
        "no rule of the scenario 'test' (test.yaml) matches this request. Nearest is sun (test.yaml:1), which differs "
        "in prompt: expected text that contains 'weather', found 'the Weather' (upper and lower case differ; "
        "write {matches: '(?i)weather'} if they are no matter)"
    )


def test_what_the_api_refuses_and_what_a_script_refuses_is_no_miss() -> None:
    client = Client("error: 400")
    client.ask()
    client.ask({"model": "x"})
    client.ask(x_api_key="")
    assert unmatched(client.exchanges) == ()


def test_they_are_plain_data() -> None:
    client = Client("rules: [{match: {prompt: a}, reply: b}]")
    client.ask()
    [data] = orjson.loads(orjson.dumps([one.data() for one in unmatched(client.exchanges)]))
    assert data.keys() == {"id", "kind", "status", "message", "scenario"}
