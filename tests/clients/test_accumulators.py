"""The accumulators of both SDKs: from each stream that we can make they read the message that our JSON is."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from anthropic import Anthropic
from hypothesis import given, settings
from pydantic import BaseModel

from mockgw.scenario.kinds import BLOCKS, OF_MESSAGE
from tests.clients import environments
from tests.clients.conftest import require, require_environment
from tests.clients.driver import HERE
from tests.clients.serving import clean_environment
from tests.clients.streams import OPTIONS, TOLD, WRITTEN, Json, Told

ASKED: Json = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}


class Teller(httpx2.BaseTransport):
    """Tells one answer, as a stream or as JSON, as it is asked."""

    answer: Told

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if orjson.loads(request.read()).get("stream"):
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=iter(self.answer.stream))
        return httpx2.Response(200, headers={"content-type": "application/json"}, content=self.answer.json)


TELLER = Teller()
SDK = Anthropic(api_key="k", base_url="http://mock", http_client=httpx2.Client(transport=TELLER))


generated = settings(max_examples=100, derandomize=True, deadline=None)


@generated
@given(TOLD)
def test_the_python_sdk_reads_the_same_from_a_stream_as_from_json(answer: Told) -> None:
    TELLER.answer = answer
    for resource in resources(answer):
        with resource.stream(**ASKED) as events:
            from_stream = dumped(events.get_final_message())
        assert from_stream == dumped(resource.create(**ASKED))


def resources(answer: Told) -> list[Any]:
    return [SDK.beta.messages, *([] if answer.of_beta else [SDK.messages])]


def dumped(message: BaseModel) -> Json:
    """What came; blocks that the SDK does not know are no reason to warn."""
    return alike(message.model_dump(warnings=False))


def alike(message: Json) -> Json:
    """A message without the ids that are made for each answer."""
    container = message.get("container") and message["container"] | {"id": ""}
    return message | {"id": "", "container": container}


@pytest.mark.node
def test_the_typescript_sdk_reads_the_same_from_a_stream_as_from_json(tmp_path: Path) -> None:
    require(shutil.which("node"), "Node.js is not installed")
    require_environment(environments.node())
    answers: list[Told] = []

    @generated
    @given(TOLD)
    def gather(answer: Told) -> None:
        answers.append(answer)

    gather()
    command = ["node", str(HERE / "accumulated.mjs"), str(environments.node().folder)]
    lines = "".join(json.dumps(answer.plain) + "\n" for answer in answers)
    ran = subprocess.run(
        command, input=lines, capture_output=True, text=True, check=True, env=clean_environment(tmp_path)
    )

    made = [json.loads(line) for line in ran.stdout.split("\n")[:-1]]
    assert len(answers) > 50
    for answer, messages in zip(answers, made, strict=True):
        assert len(messages) == len(resources(answer))
        for message in messages:
            assert "error" not in message["json"]
            assert alike(message["stream"]) == alike(message["json"]), answer


def test_every_block_and_option_of_the_language_is_among_them() -> None:
    assert set(WRITTEN) | {"generate"} == set(BLOCKS)  # what is made up is text or a call, and another each time
    assert set(OPTIONS) | {"delay", "headers", "fault"} == set(OF_MESSAGE)  # which are no part of the message
