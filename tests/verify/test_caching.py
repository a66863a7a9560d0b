"""What the rule about the prompt cache finds, word for word, and what it does not mind."""

from math import inf
from typing import Any

import pytest

from mockgw.verify.caching import cache_never_hit
from mockgw.verify.findings import Evidence
from tests.support import body, turns
from tests.verify.sessions import Client

MARK = {"cache_control": {"type": "ephemeral"}}
LONG = "to be or not to be, " * 400


def _system(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text + LONG}, {"type": "text", "text": "Be brief.", **MARK}]


def _talk(count: int, answer: Any = "Hi") -> list[dict[str, Any]]:
    """A conversation in which so many answers were given."""
    return turns("first", *[part for _ in range(count) for part in (answer, "more")])


def _texts(client: Client) -> list[str]:
    return [one.text for one in cache_never_hit(Evidence(client.exchanges, inf))]


def _asked(client: Client, count: int, *, system: Any = "", after: float = 0.0, **more: Any) -> str:
    request = body(messages=_talk(count), system=_system(system), **more)
    exchange = client.ask(request, after=after)
    assert exchange.usage is not None
    assert exchange.usage.cache_creation_input_tokens or exchange.usage.cache_read_input_tokens
    return exchange.request_id


FOUND = (
    "3 requests of one conversation wrote to the prompt cache and none read from it: the last two differ at system.0"
)


def test_a_prefix_that_changes_each_time_is_never_read() -> None:
    client = Client("Hi")
    ids = [_asked(client, count, system=f"It is {count} o'clock. ") for count in range(3)]
    [found] = cache_never_hit(Evidence(client.exchanges, inf))
    assert (found.text, found.requests) == (FOUND, tuple(ids))


def test_what_else_may_change() -> None:
    client = Client("Hi")
    for count in range(3):
        messages = _talk(count)
        messages[0] = {"role": "user", "content": [{"type": "text", "text": "first " + LONG, **MARK}]}
        client.ask(
            body(messages=messages, thinking={"type": "enabled", "budget_tokens": 1024 + count}, max_tokens=3000)
        )
    assert _texts(client) == [FOUND.replace("system.0", "thinking")]


def test_a_loop_of_tools_is_known_by_its_calls() -> None:
    client = Client("steps: [{tool_use: {name: Read, id: toolu_1}}, {tool_use: {name: Read, id: toolu_2}}, Done.]")
    for count in range(3):
        loop: list[dict[str, Any]] = [{"role": "user", "content": f"Go on, it is {count} o'clock: {LONG}"}]
        for number in range(1, count + 1):
            call = {"type": "tool_use", "id": f"toolu_{number}", "name": "Read", "input": {}}
            result = {"type": "tool_result", "tool_use_id": f"toolu_{number}"}
            loop += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
        client.ask(body(messages=loop, cache_control={"type": "ephemeral"}))
    assert _texts(client) == [FOUND.replace("system.0", "messages.0.content")]


def test_a_prompt_that_stays_is_read() -> None:
    client = Client("Hi")
    for count in range(3):
        _asked(client, count)
    assert _texts(client) == []


def test_one_that_was_read_once_is_no_fault() -> None:
    client = Client("Hi")
    for count, system in enumerate(["a", "a", "b", "c", "d"]):
        _asked(client, count, system=system)
    assert _texts(client) == []


@pytest.mark.parametrize(
    "about",
    [
        pytest.param([{}, {}], id="two"),
        pytest.param([{}, {}, {"after": 301.0}], id="late"),
        pytest.param([{}, {"model": "claude-opus-5"}, {}], id="another-model"),
        pytest.param([{}, {"x_mockgw_session": "other"}, {}], id="another-session"),
    ],
)
def test_what_the_cache_could_not_have(about: list[dict[str, Any]]) -> None:
    client = Client("Hi")
    for count, more in enumerate(about):
        headers = {name: more[name] for name in ("x_mockgw_session", "after") if name in more}
        rest = {name: value for name, value in more.items() if name not in headers}
        client.ask(body(messages=_talk(count), system=_system(str(count)), **rest), **headers)
    assert _texts(client) == []


def test_conversations_of_their_own_are_told_apart() -> None:
    client = Client("Hi")
    for number in range(4):
        client.ask(body(messages=turns(f"question {number}"), system=_system(str(number))))
        client.ask(body(messages=turns(f"question {number}", "Hi", "more"), system=_system(str(number))))
    assert _texts(client) == []


def test_what_a_script_says_of_the_cache_is_not_the_client_s_doing() -> None:
    client = Client("{text: Hi, usage: {cache_creation_input_tokens: 500}}")
    for count in range(3):
        client.ask(body(messages=_talk(count)))
    assert _texts(client) == []
