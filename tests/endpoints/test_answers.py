import orjson

from mockgw.endpoints.answers import as_bytes, as_json
from tests.support import ask, head, pipeline, sent_bytes


def test_an_answer_is_json_of_a_known_length_and_has_a_name() -> None:
    opened = ask(pipeline("Hello"))
    opened.exchange.actions = as_json(opened, "1 thing", {"id": "a"})
    assert orjson.loads(sent_bytes(opened)) == {"id": "a"}
    assert head(opened).headers == {
        "content-type": "application/json",
        "request-id": opened.exchange.request_id,
        "content-length": "10",
    }
    assert (opened.exchange.status, opened.exchange.answer) == (200, "1 thing")


def test_anything_else_says_what_it_is() -> None:
    opened = ask(pipeline("Hello"))
    opened.exchange.actions = as_bytes(opened, "content", b"abc", "text/plain")
    assert (sent_bytes(opened), head(opened).headers["content-type"]) == (b"abc", "text/plain")
