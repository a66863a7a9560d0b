import random
from typing import Any

import pytest

from mockgw.delivery.actions import Delivery
from mockgw.pipeline import Pipeline
from tests.support import answer, ask, body, head, lost, parsed, pipeline, text, turns

CALL = [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}]
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]


def loop(prompt: str, steps: int) -> dict[str, Any]:
    """A request in an agent's loop, so many tool calls after the prompt."""
    return body(messages=turns(prompt, *[CALL, RESULT] * steps))


def texts(gateway: Pipeline, *requests: dict[str, Any]) -> list[str]:
    return [text(gateway, request) for request in requests]


def prompts(gateway: Pipeline, *typed: str) -> list[str]:
    return texts(gateway, *map(body, typed))


def status(gateway: Pipeline, request: dict[str, Any] | None = None, ending: str = "whole", **headers: str) -> int:
    opened = ask(gateway, request, **headers)
    found = head(opened).status
    gateway.settle(opened, Delivery(ending=ending))
    return found


def test_the_first_rule_that_matches_answers() -> None:
    gateway = pipeline(
        "rules: [{fallback: true, reply: last}, {match: {prompt: a}, reply: one}, {match: {prompt: [a, b]}, reply: b}]"
    )

    assert prompts(gateway, "a", "b", "c") == ["one", "b", "last"]


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        pytest.param("", ["a", "b", "b", "b"], id="repeat-by-default"),
        pytest.param(", then: repeat_last", ["a", "b", "b", "b"], id="repeat"),
        pytest.param(", then: loop", ["a", "b", "a", "b"], id="loop"),
        pytest.param(", then: next_rule", ["a", "b", "next", "next"], id="next-rule"),
    ],
)
@pytest.mark.parametrize("kind", ["steps", "replies"])
def test_what_follows_the_last(kind: str, then: str, expected: list[str]) -> None:
    gateway = pipeline(f"rules: [{{{kind}: [a, b]{then}}}, {{reply: next}}]")

    assert texts(gateway, *[loop("x", steps) for steps in range(4)]) == expected


@pytest.mark.parametrize(
    ("kind", "requests"),
    [("steps", [loop("x", 0), loop("x", 1)]), ("replies", [body("1"), body("2")])],
    ids=["steps", "replies"],
)
def test_a_list_that_may_end_says_so(kind: str, requests: list[dict[str, Any]]) -> None:
    gateway = pipeline(f"{kind}: [a]\nthen: error")
    assert text(gateway, requests[0]) == "a"
    refused = ask(gateway, requests[1])

    headers = head(refused).headers
    assert (head(refused).status, headers["x-mockgw-error"], headers["x-should-retry"]) == (400, "used_up", "false")
    expected = f"the list {kind!r} of rule-1 (test.yaml:1) is used up after 1 answer (then: error)"
    assert parsed(refused)["error"]["message"] == expected


def test_attempts_that_end() -> None:
    gateway = pipeline("attempts: [{error: 429, times: 2}]\nthen: error")

    assert [status(gateway) for _ in range(2)] == [429, 429]
    assert text(gateway).endswith("is used up after 2 answers (then: error)")


def test_items_answer_so_many_times() -> None:
    gateway = pipeline("replies: [{text: a, times: 2}, b, {text: c, times: 2}]\nthen: loop")

    assert "".join(prompts(gateway, *"123456")) == "aabcca"


def test_steps_are_read_from_the_transcript_whoever_answered() -> None:
    gateway = pipeline("rules: [{match: {prompt: go}, steps: [first, second, third]}, {reply: other}]")

    assert texts(gateway, loop("go", 2), loop("go", 0), loop("go", 2), loop("go", 1)) == [
        "third",
        "first",
        "third",
        "second",
    ]
    assert text(gateway, body(messages=turns("go", "done", "go"))) == "first"


def test_reminders_and_system_turns_do_not_begin_a_new_prompt() -> None:
    gateway = pipeline("rules: [{match: {prompt: go}, steps: [first, second]}]")
    messages = [*turns("go", CALL, RESULT, "hm", "<system-reminder>go on</system-reminder>")]

    assert text(gateway, body(messages=[*messages[:3], {"role": "system", "content": "x"}])) == "second"
    assert text(gateway, body(messages=messages)) == "second"


def test_attempts_are_the_tries_of_one_call() -> None:
    gateway = pipeline("attempts: [{error: 429, times: 2}, {text: fine}]")

    assert [status(gateway) for _ in range(4)] == [429, 429, 200, 429]


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        pytest.param({"stream": True}, {}, id="streamed"),
        pytest.param({"max_tokens": 5, "temperature": 0.5}, {}, id="parameters"),
        pytest.param({"model": "claude-opus-4-5"}, {}, id="model"),
        pytest.param({"messages": turns([{"type": "text", "text": "Hello"}])}, {}, id="list"),
        pytest.param(
            {"messages": turns([{"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral"}}])},
            {},
            id="cached",
        ),
        pytest.param({}, {"x_stainless_retry_count": "1"}, id="header"),
    ],
)
def test_a_try_is_known_by_its_messages_alone(more: Any, headers: dict[str, str]) -> None:
    gateway = pipeline("attempts: [{error: 429}, {text: fine}]")

    assert [status(gateway), status(gateway, body(**more), **headers)] == [429, 200]


@pytest.mark.parametrize(
    ("request_", "headers"),
    [
        pytest.param(body("other"), {}, id="messages"),
        pytest.param(body(), {"x_mockgw_session": "other"}, id="session"),
        pytest.param(body(), {"x_claude_code_session_id": "other"}, id="run"),
        pytest.param(body(), {"x_claude_code_agent_id": "sub"}, id="sub-agent"),
    ],
)
def test_another_call_has_tries_of_its_own(request_: dict[str, Any], headers: dict[str, str]) -> None:
    gateway = pipeline("attempts: [{error: 429}, {text: fine}]")

    assert [status(gateway), status(gateway, request_, **headers), status(gateway)] == [429, 429, 200]


def test_an_answer_that_was_lost_does_not_end_the_call() -> None:
    gateway = pipeline("attempts: [a, b, c]")
    lost(gateway)

    assert [text(gateway), text(gateway)] == ["b", "a"]


def test_a_fault_that_struck_does_not_end_the_call_but_one_that_did_not_does() -> None:
    gateway = pipeline("text: '{{ attempt }}'\nfault: {type: truncate, max_hits: 1}")

    struck = ask(gateway)
    gateway.settle(struck, Delivery(ending="whole"))
    assert [text(gateway), text(gateway)] == ["2", "1"]


def test_identical_calls_in_parallel_each_have_their_tries() -> None:
    gateway = pipeline("attempts: [{error: 429, times: 2}, {text: ok}]")
    waves = []
    for _ in range(3):
        opened = [ask(gateway) for _ in range(5)]
        waves.append({head(one).status for one in opened})
        for one in opened:
            gateway.settle(one, Delivery(ending="whole"))

    assert waves == [{429}, {429}, {200}]


def test_replies_follow_one_another_for_all_requests_of_a_session() -> None:
    gateway = pipeline("replies: [a, b, c]")

    assert prompts(gateway, "1", "2") == ["a", "b"]
    assert text(gateway, x_mockgw_session="other") == "a"
    assert text(gateway) == "c"


def test_a_retry_whose_answer_was_lost_gets_it_again() -> None:
    gateway = pipeline("replies: [a, b, c]")
    lost(gateway, body("x"))

    assert text(gateway, body("y")) == "b"
    assert texts(gateway, body("x"), body("x")) == ["a", "c"]


def test_a_lost_answer_may_be_lost_again() -> None:
    gateway = pipeline("replies: [a, b]")

    assert [lost(gateway)["content"][0]["text"] for _ in range(3)] == ["a", "a", "a"]
    assert [text(gateway), text(gateway)] == ["a", "b"]


@pytest.mark.parametrize(
    "bad", ["{error: 529}", "{text: a, fault: truncate}", "{text: a, fault: {type: stall, for: 9s}}"]
)
@pytest.mark.parametrize("ending", ["whole", "left"])
def test_an_error_or_a_fault_is_not_repeated(bad: str, ending: str) -> None:
    gateway = pipeline(f"replies: [{bad}, b]")
    status(gateway, ending=ending)

    assert text(gateway) == "b"


@pytest.mark.parametrize("count", [2, 7])
def test_parallel_calls_give_each_reply_once(count: int) -> None:
    gateway = pipeline(f"replies: [{', '.join(f'r{number}' for number in range(count))}]\nthen: error")
    opened = [ask(gateway, body(str(number % 2))) for number in range(count)]

    given = [parsed(one)["content"][0]["text"] for one in opened]
    assert given == [f"r{number}" for number in range(count)]


def test_a_rule_stops_matching_after_its_answers() -> None:
    gateway = pipeline("rules: [{times: 2, reply: a}, {reply: b}]")

    assert prompts(gateway, "1", "2", "3") == ["a", "a", "b"]
    assert text(gateway, x_mockgw_session="other") == "a"


def test_a_lost_answer_is_not_counted_twice() -> None:
    gateway = pipeline("rules: [{times: 1, reply: a}, {reply: b}]")
    lost(gateway)

    assert prompts(gateway, "Hello", "Hello") == ["a", "b"]


def test_an_error_counts_as_an_answer() -> None:
    gateway = pipeline("rules: [{times: 1, error: 429}, {reply: b}]")

    assert [status(gateway), status(gateway)] == [429, 200]


def test_a_refused_request_is_not_counted() -> None:
    gateway = pipeline("rules: [{times: 1, generate: {json: true}}, {reply: b}]")

    assert [status(gateway), status(gateway)] == [400, 400]


def test_lists_nest() -> None:
    gateway = pipeline(
        """
        replies:
          - attempts: [{error: 529}, {text: after a retry}]
          - replies: [x, y]
            times: 3
          - steps: [z]
        """
    )

    assert status(gateway, body("1")) == 529
    assert prompts(gateway, *"23456") == ["x", "y", "y", "z", "z"]


def test_an_inner_list_that_is_used_up_leads_to_the_next_rule() -> None:
    gateway = pipeline("rules: [{replies: [{steps: [a], then: next_rule}, b]}, {reply: next}]")

    assert texts(gateway, loop("x", 1), loop("x", 0), loop("x", 1)) == ["next", "a", "b"]


def test_a_changed_file_starts_anew() -> None:
    gateway = pipeline("replies: [a, b]")
    assert text(gateway) == "a"
    gateway.library = pipeline("replies: [a, c]").library

    assert text(gateway) == "a"


def test_reset_starts_anew() -> None:
    gateway = pipeline("replies: [a, b]")
    assert prompts(gateway, "1", "2") == ["a", "b"]
    gateway.reset()

    assert text(gateway) == "a"


CHOICES = "choose: [a, b, c, d]"


def test_chance_chooses_by_weight() -> None:
    gateway = pipeline("choose: [{text: often, weight: 9}, rarely]")
    given = prompts(gateway, *map(str, range(200)))

    assert 0 < given.count("rarely") < 50


def test_a_loop_keeps_its_branch() -> None:
    gateway = pipeline("choose: [{steps: [a0, a1, a2]}, {choose: [{steps: [b0, b1, b2]}, {steps: [c0, c1, c2]}]}]")
    for prompt in map(str, range(20)):
        given = texts(gateway, *[loop(prompt, steps) for steps in range(3)])
        assert [name[1] for name in given] == ["0", "1", "2"]
        assert len({name[0] for name in given}) == 1


def test_loops_of_two_runs_keep_their_branches_side_by_side() -> None:
    gateway = pipeline(CHOICES)
    runs = [{"x_claude_code_session_id": str(number)} for number in range(8)]
    given = [[text(gateway, loop("x", steps), **run) for run in runs] for steps in range(3)]

    assert given[0] == given[1] == given[2]
    assert len(set(given[0])) > 1


def test_repeated_prompts_and_retries_vary() -> None:
    gateway = pipeline(CHOICES)

    assert len(set(prompts(gateway, *["again"] * 20))) > 1
    assert len({lost(gateway, body("lost"))["content"][0]["text"] for _ in range(20)}) > 1


def test_choices_do_not_depend_on_the_order_of_arrival() -> None:
    requests = [body(str(number)) for number in range(20)]
    shuffled = random.Random(1).sample(requests, len(requests))
    one, other, seeded = pipeline(CHOICES), pipeline(CHOICES), pipeline(CHOICES, seed=7)
    given = {request["messages"][0]["content"]: text(one, request) for request in requests}

    assert {request["messages"][0]["content"]: text(other, request) for request in shuffled} == given
    assert {request["messages"][0]["content"]: text(seeded, request) for request in shuffled} != given


def test_one_seed_gives_the_same_bytes_in_any_order() -> None:
    scenario = "content: [{thinking: hm}, {generate: {words: 9}}, {tool_use: {name: T}}, '{{ fake.name() }}']"
    requests = [body(str(number % 7)) for number in range(14)]
    shuffled = random.Random(1).sample(requests, len(requests))

    def run(order: list[dict[str, Any]], seed: int) -> list[str]:
        gateway = pipeline(scenario, seed=seed)
        opened = [ask(gateway, request) for request in order]
        return sorted(f"{sorted(head(one).headers.items())} {parsed(one)}" for one in opened)

    assert run(requests, 1) == run(shuffled, 1)
    assert len(set(run(requests, 1))) == 14
    assert run(requests, 1) != run(requests, 2)


def test_a_miss_ends_the_call() -> None:
    gateway = pipeline("rules: [{match: {attempt: 2}, reply: a}]")

    assert [status(gateway), status(gateway)] == [400, 400]


def test_loops_of_one_prompt_keep_their_branches_in_any_order() -> None:
    loops = ", ".join(f"{{steps: [{{tool_use: {{name: t{n}}}}}, 'end {n}']}}" for n in range(8))
    gateway = pipeline(f"choose: [{loops}]")
    first = [answer(gateway) for _ in range(6)]
    for message in reversed(first):
        [call] = message["content"]
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": "ok"}
        messages = [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": message["content"]},
            {"role": "user", "content": [result]},
        ]
        assert text(gateway, body(messages=messages)) == f"end {call['name'].removeprefix('t')}"
    assert len({message["content"][0]["name"] for message in first}) > 1
