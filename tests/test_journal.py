from typing import Any

import orjson
import pytest

from mockgw.delivery.actions import Chunk, Delivery, Finish, Head
from mockgw.delivery.told import Heard, Told
from mockgw.journal import Journal, outline
from mockgw.protocol.messages import Message, OtherBlock, RedactedThinking, Text, Thinking, ToolUse, Usage
from mockgw.protocol.sent import without_secrets
from tests.support import exchange

USAGE = Usage(input_tokens=3, output_tokens=4)


def names(journal: Journal) -> list[str]:
    return [kept.request_id for kept in journal]


def test_the_newest_exchanges_are_kept() -> None:
    journal = Journal(kept=2)
    for name in "abc":
        journal.begin(exchange(name))
    assert (names(journal), len(journal), journal.evicted()) == (["b", "c"], 2, 1)


@pytest.mark.parametrize("more", [{"body": b"x" * 5000}, {"headers": {"x-a": "x" * 5000}}, {"message": "x" * 5000}])
def test_the_bytes_of_bodies_headers_and_texts_are_bounded(more: dict[str, Any]) -> None:
    journal = Journal(kept_bytes=10_500)
    for name in "abcd":
        journal.begin(exchange(name, **more))
    assert (names(journal), journal.evicted()) == (["c", "d"], 2)


def test_an_exchange_larger_than_the_bound_is_kept_alone() -> None:
    journal = Journal(kept_bytes=50)
    journal.begin(exchange("small", body=b"1"))
    journal.begin(exchange("large", body=b"x" * 100))
    assert names(journal) == ["large"]
    journal.begin(exchange("next", body=b"1"))
    assert names(journal) == ["next"]


def test_an_exchange_that_ended_lets_go_of_its_actions() -> None:
    journal = Journal()
    kept = exchange(actions=[Finish()])
    journal.begin(kept)
    assert not kept.has_ended
    journal.end(kept, Delivery(ending="whole"))
    assert (list(journal), kept.actions, kept.has_ended) == ([kept], (), True)
    assert kept.played is not None


def test_the_bytes_of_answers_are_bounded_too() -> None:
    journal = Journal(kept_bytes=10_500)
    for name in "abcd":
        one = exchange(name, actions=[Head(200, {}), Chunk(b"x" * 4000), Finish()])
        journal.begin(one)
        journal.end(one, Delivery(ending="whole"))
    assert (names(journal), journal.evicted()) == (["c", "d"], 2)


def test_an_answer_that_ends_when_its_exchange_is_forgotten_takes_nothing() -> None:
    journal = Journal(kept_bytes=10_500)
    late = exchange("late", actions=[Head(200, {}), Chunk(b"x" * 9000), Finish()])
    journal.begin(late)
    journal.reset()
    journal.end(late, Delivery(ending="whole"))
    for name in "ab":
        journal.begin(exchange(name, body=b"x" * 5000))
    assert (names(journal), late.kept_bytes) == (["a", "b"], 0)


def test_the_last_is_the_newest() -> None:
    journal = Journal()
    assert journal.last is None
    for name in "ab":
        journal.begin(exchange(name))
    assert journal.last is not None
    assert journal.last.request_id == "b"


@pytest.mark.parametrize(("session", "kept"), [(None, []), ("one", ["b"]), ("none", ["a", "b"])])
def test_one_session_or_all_can_be_forgotten(session: str | None, kept: list[str]) -> None:
    journal = Journal(kept_bytes=10_500)
    journal.begin(exchange("a", session="one", body=b"12345" * 1000))
    journal.begin(exchange("b", session="other", body=b"12345" * 1000))
    journal.reset(session)
    assert names(journal) == kept
    journal.begin(exchange("c", body=b"12345" * 1000 * (2 - len(kept))))
    assert names(journal) == [*kept, "c"]


def test_what_was_evicted_is_counted_for_each_session_until_it_is_forgotten() -> None:
    journal = Journal(kept=1)
    for session in ("one", "one", "other", "one"):
        journal.begin(exchange(session=session))
    assert (journal.evicted("one"), journal.evicted("other"), journal.evicted("none"), journal.evicted()) == (
        2,
        1,
        0,
        3,
    )
    journal.reset("one")
    assert (journal.evicted("one"), journal.evicted()) == (0, 1)
    journal.reset()
    assert journal.evicted() == 0


def test_exchanges_are_found_by_session_and_by_id() -> None:
    journal = Journal()
    kept = [exchange(name, session=session) for name, session in (("a", "one"), ("b", "other"), ("a", "other"))]
    for one in kept:
        journal.begin(one)
    assert (journal.of("one"), journal.of("other"), journal.of()) == (kept[:1], kept[1:], kept)
    assert (journal.find("a"), journal.find("none")) == (kept[2], None)
    assert [one.number for one in kept] == [1, 2, 3]


def test_watchers_hear_of_an_exchange_when_it_begins_and_when_it_has_ended() -> None:
    journal = Journal()
    heard: list[tuple[str, bool]] = []
    journal.watchers.append(lambda one: heard.append((one.request_id, one.has_ended)))
    one = exchange("a")
    journal.begin(one)
    journal.end(one, Delivery(ending="whole"))
    assert heard == [("a", False), ("a", True)]


WHOLLY, PARTLY = (Told(head=True, heard=Heard("Hi", "", whole)) for whole in (True, False))


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"status": 200}, False),
        ({"status": 429, "told": Told(head=True)}, True),
        ({"status": 200, "told": WHOLLY, "attempt": 2}, False),
        ({"status": 200, "told": WHOLLY, "faults": ("latency",)}, False),
        ({"status": 200, "told": PARTLY, "faults": ("truncate",)}, True),
        ({"status": 200, "told": Told(head=False), "faults": ("empty_response",)}, True),
        ({"status": 200, "told": PARTLY, "delivery": Delivery(ending="stopped")}, True),
        ({"status": 200, "told": PARTLY, "delivery": Delivery(ending="left")}, False),
        ({"status": 200, "told": PARTLY, "faults": ("stall",), "delivery": Delivery(ending="left")}, True),
    ],
    ids=["well", "an error", "a later try", "only slow", "cut", "nothing came", "stopped", "left", "left in a stall"],
)  # fmt: skip
def test_what_went_wrong_is_an_error_or_less_than_the_answer(more: dict[str, Any], wrong: bool) -> None:
    assert exchange(**more).went_wrong is wrong


def test_a_summary_is_plain_data_without_body_and_key() -> None:
    delivery = Delivery(started=1.0, ended=1.5, first_byte=1.25, size_bytes=9, events=2, ending="whole")
    ended = exchange(body=b"a secret prompt", key="s3cret", usage=USAGE, delivery=delivery, faults=("stall",))
    ended.started = 0.5
    summary = orjson.loads(orjson.dumps(ended.summary()))
    assert (summary["time"], summary["faults"]) == ("2026-01-01T00:00:00+00:00", ["stall"])
    assert (summary["input_tokens"], summary["output_tokens"]) == (3, 4)
    assert (summary["first_byte"], summary["duration"], summary["ending"]) == (0.75, 1.0, "whole")
    assert "s3cret" not in repr(summary)
    assert "prompt" not in repr(summary)


def test_a_summary_without_usage_says_so() -> None:
    summary = exchange().summary()
    assert (summary["input_tokens"], summary["output_tokens"], summary["first_byte"]) == (None, None, None)


def test_an_outline_names_each_kind_of_block_once() -> None:
    tool = ToolUse("toolu_1", "Read", {})
    other = OtherBlock({"type": "server_tool_use"})
    content = (Thinking("", "s"), RedactedThinking("x"), Text("a"), Text("b"), tool, tool, other, OtherBlock({}))
    message = Message("msg", "m", content, "tool_use", None, USAGE)
    assert outline(message) == "thinking, redacted_thinking, text, Read(), server_tool_use, block, tool_use"


def test_a_record_has_the_request_as_it_came() -> None:
    headers = without_secrets({"authorization": "Bearer s3cret", "x-api-key": "s3cret", "cookie": "", "accept": "*/*"})
    record = exchange(headers=headers, body=b'{"a": [1]}').record()
    sent = {"authorization": "Bearer \u2026", "x-api-key": "\u2026", "cookie": "", "accept": "*/*"}
    assert record["request"] == {"method": "POST", "path": "/", "headers": sent, "body": {"a": [1]}}
    assert record["request_id"] == "req"


def test_each_session_is_known_even_when_all_of_it_is_evicted() -> None:
    journal = Journal(kept=2)
    for name, session in (("a", "one"), ("b", "two"), ("c", "two"), ("d", "three")):
        journal.begin(exchange(name, session=session))
    found = [(session, [kept.request_id for kept in several], gone) for session, several, gone in journal.by_session()]
    assert found == [("one", [], 1), ("two", ["c"], 1), ("three", ["d"], 0)]


@pytest.mark.parametrize(
    ("session", "kept"), [("two", [("two", ["b"], 1)]), (None, [("one", [], 1), ("two", ["b"], 1)])]
)
def test_keepers_hear_what_is_about_to_be_forgotten(session: str | None, kept: list[Any]) -> None:
    journal, heard = Journal(kept=1), []
    journal.keepers.append(lambda *told: heard.append((told[0], [one.request_id for one in told[1]], told[2])))
    for name, owner in (("x", "one"), ("a", "two"), ("b", "two")):
        journal.begin(exchange(name, session=owner))
    journal.reset(session)
    journal.reset("nobody")
    assert heard == kept


def test_more_can_be_kept_and_never_less() -> None:
    journal = Journal(kept=2, kept_bytes=1000)
    journal.keep_more(3, 10)
    for name in "abcd":
        journal.begin(exchange(name, body=b"x" * 200))
    assert (names(journal), journal.evicted()) == (["b", "c", "d"], 1)
