"""The SDKs at what the API has beside messages: a batch from its creation to its end, and files."""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.driver import Driver, Reply
from tests.clients.serving import Server
from tests.support import body

Call = Callable[..., Reply]


@pytest.fixture(
    params=[
        pytest.param("newest_python_sdk", id="python"),
        pytest.param("old_python_sdk", id="python-old"),
        pytest.param("typescript_sdk", id="typescript", marks=pytest.mark.node),
    ]
)
def sdk(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = request.getfixturevalue(request.param)
    return driver


@pytest.fixture
def session(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def call(sdk: Driver, sdk_server: Server, session: str) -> Call:
    """Call a method of the SDK: `call("messages.batches.retrieve", id="…")`, in a session of this test's own."""

    def called(name: str, **arguments: Any) -> Reply:
        url = f"{sdk_server.url}/s/{quote(session)}"
        headers = {"x-mockgw-scenario": "api"}
        options = {"base_url": url, "max_retries": 0, "default_headers": headers}
        return sdk.call(name, options=options, arguments=arguments)

    return called


@pytest.fixture
def advance(sdk_server: Server, session: str) -> Callable[[str], None]:
    def advanced(by: str) -> None:
        url = f"{sdk_server.url}/_mockgw/sessions/{quote(session)}/clock/advance"
        sent = json.dumps({"by": by}).encode()
        request = urllib.request.Request(url, sent, {"content-type": "application/json"})
        urllib.request.urlopen(request, timeout=10).close()

    return advanced


def requests(*prompts: str) -> list[dict[str, Any]]:
    return [{"custom_id": f"id-{number}", "params": body(prompt)} for number, prompt in enumerate(prompts)]


def test_a_batch_ends_and_has_its_results(call: Call, advance: Callable[[str], None]) -> None:
    made = call("messages.batches.create", requests=requests("Is it sunny?", "Are you there?", "Who?")).result
    assert (made["processing_status"], made["request_counts"]["processing"]) == ("in_progress", 3)
    assert "in_progress" in call("messages.batches.results", id=made["id"]).error["message"]

    advance("10m")

    ended = call("messages.batches.retrieve", id=made["id"]).result
    assert ended["request_counts"] == {"processing": 0, "succeeded": 1, "errored": 2, "canceled": 0, "expired": 0}
    sunny, there, who = call("messages.batches.results", id=made["id"]).result
    assert sunny["result"]["message"]["content"][0]["text"] == "It is sunny."
    assert there["result"]["error"]["error"]["type"] == "overloaded_error"
    assert "no rule of the scenario" in who["result"]["error"]["error"]["message"]
    assert call("messages.batches.delete", id=made["id"]).result["type"] == "message_batch_deleted"
    assert call("messages.batches.retrieve", id=made["id"]).error["classes"][0] == "NotFoundError"


def test_a_batch_can_be_cancelled(call: Call, advance: Callable[[str], None]) -> None:
    id = call("messages.batches.create", requests=requests("Is it sunny?", "Is it sunny?")).result["id"]
    advance("5m")

    assert call("messages.batches.cancel", id=id).result["processing_status"] == "canceling"
    assert call("messages.batches.delete", id=id).error["classes"][0] == "BadRequestError"

    advance("5m")
    assert [one["result"]["type"] for one in call("messages.batches.results", id=id).result] == [
        "succeeded",
        "canceled",
    ]


def test_batches_are_listed_over_all_pages(call: Call) -> None:
    ids = [call("messages.batches.create", requests=requests("Is it sunny?")).result["id"] for _ in range(3)]

    assert [one["id"] for one in call("messages.batches.list", limit=1).result] == ids[::-1]
    assert [one["id"] for one in call("beta.messages.batches.list", limit=2).result] == ids[::-1]


def test_the_same_custom_id_twice_is_refused(call: Call) -> None:
    reply = call("messages.batches.create", requests=requests("Is it sunny?") * 2)

    assert (reply.error["status"], reply.error["classes"][0]) == (400, "BadRequestError")
    assert "'id-0' is the custom_id of requests.0 already" in reply.error["message"]


@pytest.fixture
def files(request: pytest.FixtureRequest, sdk: Driver) -> str:
    """Where a client has its files: before 1.0 in the beta alone."""
    return "beta.files" if "python-old" in request.node.name else "files"


def test_a_file_is_uploaded_shown_and_deleted(call: Call, files: str) -> None:
    made = call(f"{files}.upload", file=["notes.txt", "It is sunny.", "text/plain"]).result
    assert (made["filename"], made["mime_type"], made["size_bytes"]) == ("notes.txt", "text/plain", 12)
    assert made["downloadable"] is False

    assert call(f"{files}.retrieve_metadata", id=made["id"]).result["created_at"]
    refused = call(f"{files}.download", id=made["id"]).error
    assert refused["classes"][0] == "BadRequestError" if files == "beta.files" else "FileNotDownloadableError"

    assert call(f"{files}.delete", id=made["id"]).result["type"] == "file_deleted"
    assert call(f"{files}.retrieve_metadata", id=made["id"]).error["classes"][0] == "NotFoundError"


def test_a_rule_knows_what_was_uploaded(call: Call, files: str) -> None:
    made = call(f"{files}.upload", file=["notes.txt", "It is sunny.", "text/plain"]).result
    document = {"type": "document", "source": {"type": "file", "file_id": made["id"]}}
    asked = {"role": "user", "content": [document, {"type": "text", "text": "How was it?"}]}
    reply = call("messages.create", model="claude-opus-5", max_tokens=100, messages=[asked])
    assert reply.result["content"][0]["text"] == "It was sunny."


def test_what_the_model_has_made_can_be_downloaded(call: Call, files: str) -> None:
    assert call(f"{files}.download", id="file_report").result == "city,sun"


def test_files_are_listed_over_all_pages(call: Call, files: str) -> None:
    names = [f"{number}.txt" for number in range(3)]
    for name in names:
        call(f"{files}.upload", file=[name, "x", "text/plain"])

    listed = call(f"{files}.list", limit=1).result

    assert [one["filename"] for one in listed] == ["report.csv", *names][::-1]
