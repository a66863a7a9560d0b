"""What the API refuses, row by row of docs/validation.yaml: decided, and asked by the Python SDK over HTTP."""

import re
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Omit
from anthropic.types import Message

from docs import validation
from docs.validation import USUAL_HEADERS, Row
from mockgw.protocol.dialects import DIALECTS
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import check
from mockgw.protocol.wordings import WORDINGS
from mockgw.server.runner import Server
from mockgw.validation import strict
from mockgw.validation.subject import Subject
from tests.fuzz.mutations import decoded
from tests.support import ask, head, live, parsed, pipeline

STRICT = "reply: Hello.\ngateway: {dialect: anthropic, validate: strict}"
each_row = pytest.mark.parametrize("row", validation.rows(), ids=lambda row: f"{row.rule}: {row.says[:40]}")


@pytest.fixture(scope="module")
def client() -> Iterator[anthropic.Anthropic]:
    with (
        Server(live(STRICT)) as server,
        anthropic.Anthropic(base_url=server.url, api_key="mock", max_retries=0) as client,
    ):
        yield client


@each_row
def test_a_request_is_refused_word_for_word(row: Row) -> None:
    opened = ask(pipeline(STRICT), row.body, **{name.replace("-", "_"): text for name, text in row.all_headers.items()})

    assert (head(opened).status, parsed(opened)["error"]["message"]) == (row.status, row.says)


@each_row
def test_the_sdk_raises_it(client: anthropic.Anthropic, row: Row) -> None:
    lacking = {name: Omit() for name in USUAL_HEADERS.keys() - row.all_headers.keys()}
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.post("/v1/messages", cast_to=Message, body=row.body, options={"headers": {**row.all_headers, **lacking}})

    assert isinstance(caught.value, {400: anthropic.BadRequestError, 404: anthropic.NotFoundError}[row.status])
    assert caught.value.message == f"Error code: {row.status} - {caught.value.body}"
    body: Any = caught.value.body
    assert body["error"]["message"] == row.says


@each_row
def test_a_row_has_the_wording_of_its_rule(row: Row) -> None:
    parts = [part.format() for part in re.split(r"\{\w+\}", WORDINGS[row.rule].text)]

    assert re.search(".*".join(map(re.escape, parts)), row.says, re.DOTALL)
    assert WORDINGS[row.rule].status == row.status


def refusal(body: Any, headers: dict[str, str]) -> ApiError | None:
    try:
        strict.check(Subject(body, headers, DIALECTS["anthropic"]))
    except ApiError as error:
        return error
    return None


def test_what_passes_is_right_for_the_schema_too() -> None:
    for body, headers in decoded(3, 1500):
        if refusal(body, headers) is None:
            assert check(body).body == body


def test_every_wording_has_a_row_or_a_reason() -> None:
    assert WORDINGS.keys() - {row.rule for row in validation.rows()} == {
        "too_many"  # takes a body of 100,000 messages
    }


def test_the_tables_are_those_of_the_rows() -> None:
    page = validation.PAGE.read_text(encoding="utf-8")

    assert page == validation.filled(page), "run `make docs`"
