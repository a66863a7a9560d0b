from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.gateway.prompts import parting, prefixes, read
from mockgw.protocol import tokens
from mockgw.protocol.errors import ApiError

FIVE = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "s"}


def text(said: str, control: Any = None) -> dict[str, Any]:
    return {"type": "text", "text": said} | ({"cache_control": control} if control else {})


def asked(*contents: Any, **more: Any) -> dict[str, Any]:
    messages = [{"role": ("user", "assistant")[index % 2], "content": one} for index, one in enumerate(contents)]
    return {"model": "claude-sonnet-4-5", "messages": messages, **more}


def names(body: dict[str, Any]) -> list[bytes]:
    segments, _ = read(body)
    return [prefix.name for prefix in prefixes(segments, len(segments) - 1, body, "me")]


def test_a_prompt_is_tools_then_system_then_messages() -> None:
    tool = {"name": "a", "input_schema": {"type": "object"}, "cache_control": HOUR}
    segments, breakpoints = read(
        asked("one", [text("two"), text("three", FIVE)], tools=[tool, tool | {"cache_control": None}], system="s")
    )
    assert [(one.part, one.path[-1]) for one in segments] == [
        ("tools", 0), ("tools", 1), ("system", "system"), ("messages", "content"), ("messages", 0), ("messages", 1)
    ]  # fmt: skip
    assert [(one.index, one.seconds) for one in breakpoints] == [(0, 3600), (5, 300)]


def test_a_breakpoint_in_a_tool_result_is_one_of_the_result() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": [text("a", FIVE), text("b")]}
    _, breakpoints = read(asked([result, text("after")]))
    assert [one.index for one in breakpoints] == [0]


def test_a_tool_may_have_keys_of_its_own() -> None:
    tool = {"name": "a", "input_schema": {"type": "object"}, "text": "", "content": [1, "b"], "cache_control": FIVE}
    _, breakpoints = read(asked("one", tools=[tool]))
    assert [one.index for one in breakpoints] == [0]
    same = {key: part for key, part in tool.items() if key != "cache_control"}
    assert names(asked("one", tools=[tool])) == names(asked("one", tools=[same]))


def test_caching_by_itself_ends_at_the_last_block_that_can_be_cached() -> None:
    _, breakpoints = read(asked("one", [text("two"), THOUGHT], cache_control=FIVE))
    assert [(one.index, one.seconds) for one in breakpoints] == [(1, 300)]
    assert read(asked([text("one", HOUR)], cache_control=HOUR))[1] == read(asked([text("one", HOUR)]))[1]
    assert read(asked([], cache_control=FIVE))[1] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            asked([text(one, FIVE) for one in "abcde"]),
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
        (
            asked([*[text(one, FIVE) for one in "abcd"], text("e")], cache_control=FIVE),
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
        (
            asked([text("a", FIVE), text("b", HOUR)]),
            "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
            "cache_control block. "
            "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
        ),
        (asked([text("", FIVE)]), "messages.0.content.0.text: cache_control cannot be set for empty text blocks"),
        (
            asked([THOUGHT | {"cache_control": FIVE}]),
            "messages.0.content.0.thinking.cache_control: Extra inputs are not permitted",
        ),
        (
            asked([text("a", HOUR)], cache_control=FIVE),
            "cache_control.ttl: the last cacheable block already has a cache_control with another ttl",
        ),
    ],
    ids=["five", "four-and-its-own", "order", "empty", "thinking", "two-ttls"],
)
def test_breakpoints_that_the_api_does_not_take_are_refused(body: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        read(body)
    assert (refused.value.status, refused.value.message) == (400, message)


@pytest.mark.parametrize(
    "other",
    [
        asked([text("one")], "two", "three"),
        asked("one", "two", [text("three", FIVE)]),
        asked("one", [text("two", HOUR)], "three", cache_control=FIVE),
    ],
)
def test_how_a_prompt_is_written_and_where_its_breakpoints_are_is_no_matter(other: dict[str, Any]) -> None:
    assert names(other) == names(asked("one", "two", "three"))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (asked("one", "two", "other"), 2),
        (asked("one", "other", "three"), 1),
        (asked("one", "two", "three", system="s"), 0),
        (asked("one", "two", "three", tool_choice={"type": "any"}), 0),
        (asked([text("one"), text("two")], "three"), 1),
    ],
)
def test_a_prefix_stands_for_all_that_comes_before(other: dict[str, Any], same: int) -> None:
    found = [one == another for one, another in zip(names(other), names(asked("one", "two", "three")), strict=False)]
    assert found == [True] * same + [False] * (len(found) - same)


def test_what_changes_the_messages_only_leaves_the_rest() -> None:
    whole = asked("one", system="s", tools=[{"name": "a", "input_schema": {"type": "object"}}])
    thinking = whole | {"thinking": {"type": "adaptive"}}
    assert [one == other for one, other in zip(names(whole), names(thinking), strict=True)] == [True, True, False]


MARKED = asked("one", [text("two") | {"cache_control": {"type": "ephemeral"}}], "three", system="s")


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (asked("one", "two", "other", system="s"), None),
        (asked("one", "other", "three", system="s"), "messages.1.content.0"),
        (asked("one", "two", "three", system="t"), "system"),
        (asked("one", "two", "three"), "system"),
        (asked("one", system="s"), "messages.1.content.0"),
        (asked("one", "two", "three", system="s", thinking={"type": "adaptive"}), "thinking"),
    ],
)
def test_where_two_prompts_part(other: dict[str, Any], place: str | None) -> None:
    assert parting(MARKED, other) == place
    assert parting(asked("one"), other) is None


BLOCKS = st.lists(st.text(max_size=30).map(text), max_size=3) | st.text(max_size=30)


@given(st.lists(BLOCKS, min_size=1, max_size=4), BLOCKS | st.none(), st.integers(0, 2))
def test_the_tokens_of_the_whole_are_those_of_the_request(contents: list[Any], system: Any, tools: int) -> None:
    tool = {"name": "a", "input_schema": {"type": "object"}}
    body = asked(*contents, tools=[tool] * tools, **({} if system is None else {"system": system}))
    segments, _ = read(body)
    found = prefixes(segments, len(segments) - 1, body, "me")
    empty = sum(type(one) is list and not one for one in contents) * tokens.MESSAGE_TOKENS
    assert not found or found[-1].tokens == tokens.request_estimate(body) - empty


@pytest.mark.parametrize("control", [5, [], {}, "ephemeral", None])
def test_what_is_no_control_is_none(control: Any) -> None:
    assert read(asked([THOUGHT | {"cache_control": control}, text("a")]))[1] == []
