import base64
from typing import Any

import pytest

from docs.validation import made
from tests.support import body
from tests.validation.checking import block, call, message, result, told

PDF = {"base64": "%PDF-1.7 /Type /Pages /Type /Page"}


def image(data: Any, kind: str = "image/png") -> dict[str, Any]:
    return block("image", source=block("base64", media_type=kind, data=made(data)))


def document(data: Any) -> dict[str, Any]:
    return block("document", source=block("base64", media_type="application/pdf", data=made(data)))


def sent(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return body(messages=[message("user", list(blocks))], **fields)


SEEN = [
    (image({"png": [8000, 8000]}),),
    (image({"png": [2001, 10]}),) * 20,
    (image({"png": [2000, 2000]}),) * 21,
    (image({"base64": "GIF89a"}, "image/gif"),),  # too short to have a size
    (document(PDF),),
    (block("image", source=block("url", url="https://example.com/a.png")),),
    (block("document", source=block("text", media_type="text/plain", data="x")),),
    (block("document", source=block("file", file_id="file_1")),),
]


@pytest.mark.parametrize("blocks", SEEN)
def test_media_that_pass(blocks: tuple[dict[str, Any], ...]) -> None:
    assert told(sent(*blocks)) == ""


def test_newer_models_take_larger_ones() -> None:
    data = base64.b64encode(base64.b64decode(made({"png": [1, 1]})) + bytes(4_500_000)).decode()
    pages = {"base64": "%PDF-1.7", "times": 101, "and": "<</Type/Page>>"}
    assert told(sent(image(data), document(pages), model="claude-opus-5")) == ""
    assert "exceeds 5 MB maximum" in told(sent(image(data), model="claude-haiku-4-5"))
    assert told(sent(document(pages), model="claude-haiku-4-5")) == "A maximum of 100 PDF pages may be provided."


@pytest.mark.parametrize("data", ["", "?", "aGVsbG8", {"base64": "hello"}])
def test_what_is_no_image_cannot_be_processed(data: Any) -> None:
    assert told(sent(image(data))) == "Could not process image"


def test_media_inside_others_are_seen() -> None:
    inside = block("document", source=block("content", content=[image("?")]))
    assert told(sent(inside)) == "Could not process image"
    loop = [message("user"), message("assistant", [call()]), message("user", [result(content=[image("?")])])]
    assert told(body(messages=loop)) == "Could not process image"
    assert told(sent(document("?"))) == "The PDF specified was not valid."


def test_an_image_that_must_stay_as_it_is_has_to_fit() -> None:
    large = image({"png": [1920, 1080]})
    stays, may_shrink = ({**large, "transformations": {"oversized_image": how}} for how in ("error", "downsize"))
    assert told(sent(stays)).startswith("messages.0.content.0: image dimensions 1920x1080 exceed")
    assert told(sent(may_shrink)) == told(sent(large)) == told(sent({**large, "transformations": None})) == ""
    assert told(sent(stays, model="claude-opus-5")) == told(sent(stays, model="claude-mock/x")) == ""
    assert "downsized to 1932x1932" in told(sent({**stays, **image({"png": [4000, 4000]})}, model="claude-opus-5"))
