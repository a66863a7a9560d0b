from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.gateway import caching
from mockgw.gateway.caching import PromptCache, looked_up, minimum, survey, with_use
from mockgw.protocol import requests
from mockgw.protocol.messages import Usage
from mockgw.protocol.requests import Cached, usage_of
from tests.support import body

FIVE, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def text(words: int, control: Any = None, mark: str = "a") -> dict[str, Any]:
    """A block of so many tokens."""
    return {"type": "text", "text": mark * 4 * words} | ({"cache_control": control} if control else {})


def ask(
    cache: PromptCache, now: float, *content: Any, least: int = 0, key: str = "k", **more: Any
) -> tuple[int, int, int, int]:
    """What a request pays in full, writes for five minutes, for an hour, and reads; its answer begins at once."""
    messages = [{"role": "user", "content": list(content)}]
    request = requests.parse(orjson.dumps(body(messages=messages, **more)))
    surveyed = survey(request)
    use = looked_up(request, surveyed, cache, key, least=least, now=now) if surveyed else None
    if use is not None:
        cache.keep(use, now)
    usage = usage_of(with_use(request, use), 0)
    total = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
    assert total == request.input_tokens
    return (
        usage.input_tokens,
        usage.ephemeral_5m_input_tokens,
        usage.ephemeral_1h_input_tokens,
        usage.cache_read_input_tokens,
    )


def test_the_first_writes_what_the_second_reads() -> None:
    cache = PromptCache()
    assert ask(cache, 0, text(100, FIVE), text(10)) == (10, 104, 0, 0)
    assert ask(cache, 1, text(100, FIVE), text(20)) == (20, 0, 0, 104)


def test_without_a_breakpoint_nothing_is_cached() -> None:
    cache = PromptCache()
    assert [ask(cache, now, text(100)) for now in (0, 1)] == [(104, 0, 0, 0)] * 2


def test_a_conversation_reads_what_its_last_turn_wrote() -> None:
    cache = PromptCache()
    assert ask(cache, 0, text(100, FIVE)) == (0, 104, 0, 0)
    assert ask(cache, 1, text(100), text(10), text(20, FIVE)) == (0, 30, 0, 104)
    assert ask(cache, 2, text(100), text(10), text(20), text(5, FIVE), text(1)) == (1, 5, 0, 134)


def test_it_is_kept_for_its_time_after_its_last_use() -> None:
    cache = PromptCache()
    ask(cache, 0, text(100, FIVE))
    assert ask(cache, 299, text(100, FIVE)) == (0, 0, 0, 104)
    assert ask(cache, 299 + 299, text(100, FIVE)) == (0, 0, 0, 104)
    assert ask(cache, 299 + 299 + 300, text(100, FIVE)) == (0, 104, 0, 0)


def test_what_was_read_is_kept_longer_even_if_no_breakpoint_stands_there_any_more() -> None:
    cache = PromptCache()
    ask(cache, 0, text(100, FIVE))
    ask(cache, 200, text(100), text(10, FIVE))
    assert ask(cache, 450, text(100), text(20, FIVE)) == (0, 20, 0, 104)


def test_each_part_is_written_for_as_long_as_the_breakpoint_behind_it_says() -> None:
    cache = PromptCache()
    assert ask(cache, 0, text(100, HOUR), text(10, FIVE), text(1)) == (1, 10, 104, 0)
    assert ask(cache, 3000, text(100, HOUR), text(10, FIVE), text(1)) == (1, 10, 0, 104)
    assert ask(cache, 3001, text(100, HOUR), text(7, FIVE, "b"), text(1)) == (1, 7, 0, 104)


def test_what_is_shorter_than_the_minimum_is_not_cached() -> None:
    cache = PromptCache()
    assert [ask(cache, now, text(100, FIVE), least=105) for now in (0, 1)] == [(104, 0, 0, 0)] * 2
    assert ask(cache, 2, text(100, FIVE), text(50, FIVE), least=105) == (0, 154, 0, 0)


def test_it_looks_back_twenty_blocks_and_no_further() -> None:
    cache = PromptCache()
    ask(cache, 0, text(100, FIVE))
    near = [text(1, mark=mark) for mark in "bcdefghijklmnopqrst"]
    assert len(near) == 19
    assert ask(cache, 1, text(100), *near, text(1, FIVE))[3] == 104
    assert ask(PromptCache(), 1, text(100), *near, text(1), text(1, FIVE))[3] == 0
    fresh = PromptCache()
    ask(fresh, 0, text(100, FIVE))
    assert ask(fresh, 1, text(100), *near, text(1), text(1, FIVE))[3] == 0


def test_another_key_and_another_model_have_a_cache_of_their_own() -> None:
    cache = PromptCache()
    ask(cache, 0, text(100, FIVE))
    assert ask(cache, 1, text(100, FIVE), key="other") == (0, 104, 0, 0)
    assert ask(cache, 1, text(100, FIVE), model="claude-opus-5") == (0, 104, 0, 0)
    assert ask(cache, 1, text(100, FIVE), model="anthropic/claude-sonnet-4.5") == (0, 0, 0, 104)


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST_ENTRIES", 2)
    cache = PromptCache()
    for mark in "abc":
        ask(cache, 0, text(100, FIVE, mark))
    assert [ask(cache.copy(), 1, text(100, FIVE, mark))[3] for mark in "abc"] == [0, 104, 104]


def test_a_copy_is_a_cache_of_its_own() -> None:
    cache = PromptCache()
    ask(cache.copy(), 0, text(100, FIVE))
    assert ask(cache, 1, text(100, FIVE))[3] == 0


@pytest.mark.parametrize(
    ("model", "least"),
    [
        ("claude-opus-5", 512),
        ("claude-fable-5-2", 512),
        ("claude-sonnet-4.5", 1024),
        ("claude-opus-4-7", 2048),
        ("claude-haiku-4-5", 4096),
        ("gpt-7", 1024),
    ],
)
def test_each_model_has_its_minimum(model: str, least: int) -> None:
    assert minimum(model) == least


PARTS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([None, None, FIVE]), st.sampled_from("ab")), min_size=1, max_size=8
)


@given(st.lists(st.tuples(PARTS, st.sampled_from([1.0, 100.0, 400.0])), max_size=8), st.sampled_from([0, 40]))
def test_all_parts_of_the_input_are_the_whole_whatever_was_asked_before(
    asked: list[tuple[list[tuple[int, Any, str]], float]], least: int
) -> None:
    cache, now = PromptCache(), 0.0
    for parts, passed in asked:
        now += passed
        blocks = [text(words + 1, control, mark) for words, control, mark in parts]
        if sum(1 for block in blocks if "cache_control" in block) <= 4:
            assert min(ask(cache, now, *blocks, least=least)) >= 0


def test_a_request_that_has_to_do_with_no_cache_pays_for_all_of_it() -> None:
    request = requests.parse(orjson.dumps(body()))
    assert usage_of(request, 7) == Usage(request.input_tokens, 7)
    assert with_use(request, None) is request
    request.cached = Cached(2, 1, 1)  # type: ignore[misc]  # it is frozen for the type checker only
    assert usage_of(request, 7) == Usage(request.input_tokens - 4, 7, 2, 2, 1, 1)
