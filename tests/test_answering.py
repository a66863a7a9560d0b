"""Answering: what is decided is carried out, or it is said why it cannot be."""

from dataclasses import replace

import orjson
import pytest

from mockgw.opened import Opened
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from tests.support import ask, body, head, parsed, pipeline

STREAM = body(stream=True)


def _asked_without_socket(gateway: Pipeline) -> Opened:
    """A request on a connection that cannot be cut, as of an app that is called in its own process."""
    request = Incoming("POST", "/v1/messages", {"x-api-key": "test"}, body=orjson.dumps(STREAM))
    return gateway.messages(replace(request, socket=False))


@pytest.mark.parametrize(
    "fault",
    ["empty_response", "connection_reset_by_peer", "random_data_then_close", "malformed_response_chunk", "slow_close",
     "content_length_mismatch", "{type: limit_data, bytes: 5}", "{type: timeout, timeout: 1s}"],
)  # fmt: skip
def test_what_needs_a_socket_is_refused_without_one(fault: str) -> None:
    opened = _asked_without_socket(pipeline(f"{{reply: Hello, fault: {fault}}}"))
    assert (head(opened).status, head(opened).headers["x-mockgw-error"]) == (400, "fault")
    assert "this connection is no socket" in parsed(opened)["error"]["message"]
    assert (opened.exchange.refusal, opened.exchange.faults) == ("fault", ())


@pytest.mark.parametrize("fault", ["stall", "truncate", "latency", "html_error_page"])
def test_what_needs_no_socket_strikes_without_one(fault: str) -> None:
    assert _asked_without_socket(pipeline(f"{{reply: Hello, fault: {fault}}}")).exchange.faults == (fault,)


def test_chaos_that_cannot_strike_leaves_the_script() -> None:
    opened = _asked_without_socket(pipeline("{reply: Hello, chaos: [{fault: connection_reset_by_peer}]}"))
    assert (head(opened).status, opened.exchange.chaos) == (200, "")


def test_the_faults_that_strike_are_named_in_the_head() -> None:
    opened = ask(pipeline("{reply: Hello, fault: [latency, truncate]}"), STREAM)
    assert head(opened).headers["x-mockgw-fault"] == "latency, truncate"


def test_an_answer_without_faults_names_none() -> None:
    assert "x-mockgw-fault" not in head(ask(pipeline("Hello"))).headers


def test_a_rule_that_has_no_answer_is_named_all_the_same() -> None:
    assert ask(pipeline("reply: '{{ 1 / 0 }}'")).exchange.rule == "rule-1"


@pytest.mark.parametrize(
    ("fault", "status"), [("html_error_page", 502), ("error_body_200", 200), ("truncate", 200), ("empty_response", 200)]
)
def test_the_status_that_leaves_is_kept(fault: str, status: int) -> None:
    assert ask(pipeline(f"{{reply: Hello, fault: {fault}}}"), STREAM).exchange.status == status
