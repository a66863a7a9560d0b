"""How far a batch is, at each moment of its session's clock."""

from collections import deque
from datetime import UTC, datetime

import orjson
import pytest

from mockgw import batches
from mockgw.batches import ARCHIVED_AFTER, EXPIRES_AFTER, Batch, Batches, Waiting

SUCCEEDED = {"type": "succeeded", "message": {}}


def batch(requests: int = 4, *, id: str = "a", duration: float = 8, size_bytes: int = 0) -> Batch:
    """A batch that begins at second 100 of its session, at midnight."""
    waiting = deque(Waiting(str(number), {}) for number in range(requests))
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return Batch(id, {}, waiting, 100.0, created, duration / requests, size_bytes)


def worked(one: Batch, clock: float) -> Batch:
    """The batch when that has been done which is due."""
    for waiting in one.due(clock):
        one.keep(waiting.custom_id, SUCCEEDED)
    one.settle(clock)
    return one


def results(one: Batch) -> list[str]:
    return [orjson.loads(line)["result"]["type"] for line in one.lines]


@pytest.mark.parametrize(
    ("clock", "done", "status"),
    [(99, 0, "in_progress"), (100, 0, "in_progress"), (101.9, 0, "in_progress"), (102, 1, "in_progress"),
     (107.9, 3, "in_progress"), (108, 4, "ended"), (1e6, 4, "ended")],
)  # fmt: skip
def test_requests_are_due_one_after_the_other(clock: float, done: int, status: str) -> None:
    one = worked(batch(), clock)
    assert (len(one.lines), one.status) == (done, status)


@pytest.mark.parametrize("requests", [1, 3, 7, 10, 97])
def test_after_its_duration_it_is_over_whatever_the_fractions(requests: int) -> None:
    assert worked(batch(requests, duration=0.7), 100.7).status == "ended"


def test_without_a_duration_all_is_due_at_once() -> None:
    assert worked(batch(duration=0), 100).status == "ended"


def test_until_it_has_ended_all_its_requests_are_processing() -> None:
    one = worked(batch(), 107)
    assert one.shown("", 107)["request_counts"] == {
        "processing": 4, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0
    }  # fmt: skip
    assert worked(one, 108).shown("", 108)["request_counts"] == {
        "processing": 0, "succeeded": 4, "errored": 0, "canceled": 0, "expired": 0
    }  # fmt: skip


def test_it_is_shown_as_the_api_shows_it() -> None:
    assert worked(batch(), 101).shown("http://here", 101) == {
        "id": "a",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": {"processing": 4, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
        "ended_at": None,
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-02T00:00:00Z",
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": None,
    }
    ended = worked(batch(), 500).shown("http://here", 500)
    assert (ended["ended_at"], ended["results_url"]) == (
        "2026-01-01T00:00:08Z", "http://here/v1/messages/batches/a/results"
    )  # fmt: skip


def test_what_was_answered_before_it_was_cancelled_stays_answered() -> None:
    one = worked(batch(), 103)
    one.stopped = 103.0
    assert worked(one, 104.9).status == "canceling"
    assert worked(one, 105).status == "ended"
    assert results(one) == ["succeeded", "canceled", "canceled", "canceled"]
    shown = one.shown("", 105)
    assert (shown["cancel_initiated_at"], shown["ended_at"]) == ("2026-01-01T00:00:03Z", "2026-01-01T00:00:05Z")


def test_what_takes_longer_than_a_day_expires() -> None:
    one = worked(batch(duration=2 * EXPIRES_AFTER), 100 + EXPIRES_AFTER)
    assert results(one) == ["succeeded", "succeeded", "expired", "expired"]
    assert one.shown("", 1e6)["ended_at"] == "2026-01-02T00:00:00Z"


def test_a_batch_that_is_cancelled_just_before_it_expires_ends_then() -> None:
    one = batch(duration=8 * EXPIRES_AFTER)
    one.stopped = 100 + EXPIRES_AFTER - 1
    assert results(worked(one, 100 + EXPIRES_AFTER)) == ["canceled"] * 4


def test_results_are_kept_for_29_days() -> None:
    one = worked(batch(), 200)
    last = 100 + ARCHIVED_AFTER
    assert [one.is_archived(clock) for clock in (last - 1, last)] == [False, True]
    assert (one.shown("", last)["archived_at"], one.shown("", last)["results_url"]) == ("2026-01-30T00:00:00Z", None)


def test_batches_are_found_and_listed_the_newest_first() -> None:
    kept = Batches()
    one, other = batch(id="one"), batch(id="other")
    assert kept.add(one)
    assert kept.add(other)
    assert (kept.find("one"), kept.find("nobody")) == (one, None)
    assert kept.newest_first() == [other, one]
    kept.remove("one")
    assert list(kept) == [other]


def test_those_that_ended_make_room_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_REQUESTS", 10)
    kept = Batches()
    for id in ("running", "old", "young"):
        assert kept.add(batch(3, id=id))
    assert not kept.add(batch(3, id="too many"))
    for id in ("old", "young"):
        worked(kept.find(id) or batch(), 200)
    assert kept.add(batch(3, id="new"))
    assert [one.id for one in kept] == ["running", "young", "new"]


def test_no_more_bytes_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_BYTES", 1000)
    assert not Batches().add(batch(size_bytes=1001))
    one = batch(1, size_bytes=990)
    one.keep("0", SUCCEEDED)
    assert results(one) == ["errored"]
    assert b"mockgw keeps at most" in one.lines[0]
