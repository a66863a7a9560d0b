from typing import Any

import orjson
import pytest

from mockgw.engine.mending import mended
from mockgw.protocol.requests import Incoming
from tests.support import body

WHOLE = {"x-api-key": "k", "content-type": "application/json"}


def request(more: Any = None, **headers: str) -> Incoming:
    sent = WHOLE | {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming("POST", "/v1/messages", sent, body=orjson.dumps(body() if more is None else more))


@pytest.mark.parametrize("incoming", [request(), request([1]), Incoming("POST", "/", WHOLE, body=b"{")])
def test_what_lacks_nothing_that_could_be_added_stays_as_it_is(incoming: Incoming) -> None:
    assert mended(incoming) == (incoming, ())


@pytest.mark.parametrize(
    ("incoming", "lacking"),
    [
        pytest.param(request(x_api_key=" "), "with a key", id="key"),
        pytest.param(request(content_type="text/plain"), "with content-type: application/json", id="content-type"),
        pytest.param(request(x_mockgw_scenaro="a"), "without the header x-mockgw-scenaro", id="header"),
        pytest.param(request({"max_tokens": 5, "messages": []}), "with model: claude-opus-5-5", id="model"),
    ],
)
def test_what_it_lacks_is_told_and_then_lacks_no_more(incoming: Incoming, lacking: str) -> None:
    whole, told = mended(incoming)
    assert told == (lacking,)
    assert mended(whole) == (whole, ())
