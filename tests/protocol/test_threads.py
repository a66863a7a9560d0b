from typing import Any

import pytest

from mockgw.protocol import threads
from mockgw.protocol.errors import ApiError
from tests.support import answer, body, pipeline, text


@pytest.mark.parametrize("thread", [{"type": "create"}, {}, None, "create"])
def test_a_thread_may_begin(thread: Any) -> None:
    threads.refuse_lost(thread)


@pytest.mark.parametrize("dialect", ["siraya", "anthropic"])
def test_no_thread_goes_on_and_the_sdks_know_what_to_do(dialect: str) -> None:
    gateway = pipeline("Hi.", dialect=dialect)
    request = body(thread={"type": "continue", "previous_message_id": "msg_1"})

    error = answer(gateway, request)["error"]
    assert error["type"] == "not_found_error"
    assert error["details"] == {"error_code": "thread_not_found"}
    assert error["message"] == (
        "Thread not found: mockgw keeps no threads; "
        "send the whole conversation, with thread: {type: create} or without one"
    )
    assert text(gateway, body(thread={"type": "create"})) == "Hi."


def test_the_error_is_no_reason_to_try_again() -> None:
    with pytest.raises(ApiError) as caught:
        threads.refuse_lost({"type": "continue", "previous_message_id": "msg_1"})

    assert caught.value.should_retry is False
