"""What is said of ids that nobody knows."""

import pytest

from mockgw.endpoints import batches, models
from tests.endpoints.asking import Client, client


@pytest.fixture
def asked() -> Client:
    return client("{gateway: {unknown_ids: invent}, reply: a}")


def test_an_invented_batch_has_ended_and_is_as_old_as_the_session(asked: Client) -> None:
    asked.ask(batches.listed)
    asked.wait(60)
    found = asked.ask(batches.shown, "theirs")
    assert (found["id"], found["processing_status"], found["created_at"]) == ("theirs", "ended", "2026-01-01T00:00:00Z")
    assert found == asked.ask(batches.shown, "theirs")


def test_it_can_be_cancelled_deleted_and_has_no_results(asked: Client) -> None:
    assert asked.ask(batches.cancel, "theirs")["processing_status"] == "canceling"
    assert asked.ask(batches.delete, "theirs") == {"id": "theirs", "type": "message_batch_deleted"}
    assert asked.call(batches.results, "theirs").content == b""


def test_what_is_invented_is_not_kept(asked: Client) -> None:
    asked.ask(batches.shown, "theirs")
    assert asked.ask(batches.listed)["data"] == []


def test_a_list_goes_on_behind_any_id(asked: Client) -> None:
    assert asked.ask(batches.listed, query={"after_id": "a", "before_id": "b", "limit": "1"})["data"] == []


def test_an_invented_model_can_do_everything(asked: Client) -> None:
    found = asked.ask(models.shown, "theirs")
    assert (found["id"], found["capabilities"]["thinking"]["types"]["adaptive"]) == ("theirs", {"supported": True})
    assert asked.ask(models.shown, "claude-opus-5")["display_name"] == "Claude Opus 5"
    assert asked.ask(models.listed, query={"after_id": "theirs", "limit": "1"})["first_id"] == "claude-mock/test"
