from typing import Any

import pytest

from mockgw.protocol.attachments import Attachment, Contents, attached, read

PLAIN = {"type": "text", "media_type": "text/plain", "data": "é1"}


def block(source: Any, type: str = "document", **more: Any) -> dict[str, Any]:
    return {"type": type, "source": source, **more}


def found(*blocks: Any) -> tuple[Attachment, ...]:
    return read([{"role": "user", "content": list(blocks)}])


@pytest.mark.parametrize(
    ("brought", "expected"),
    [
        pytest.param(
            block(PLAIN, title="a.txt"), Attachment("document", "a.txt", "text/plain", 3, "é1"), id="plain-text"
        ),
        pytest.param(
            block({"type": "base64", "media_type": "image/png", "data": "AAAA"}, "image"),
            Attachment("image", None, "image/png", 3, ""),
            id="image",
        ),
        pytest.param(
            block({"type": "base64", "media_type": "application/pdf", "data": "AAAAAA=="}, title=None),
            Attachment("document", None, "application/pdf", 4, ""),
            id="padded",
        ),
        pytest.param(
            block({"type": "content", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}),
            Attachment("document", None, None, 3, "a\nb"),
            id="custom-content",
        ),
        pytest.param(
            block({"type": "url", "url": "https://example.com/my%20cat.png?x=1"}, "image"),
            Attachment("image", "my cat.png", None, None, "", "https://example.com/my%20cat.png?x=1"),
            id="url",
        ),
        pytest.param(
            block({"type": "url", "url": "https://example.com"}),
            Attachment("document", None, None, None, "", "https://example.com"),
            id="url-without-a-name",
        ),
        pytest.param(
            block({"type": "file", "file_id": "file_1"}, title="A"),
            Attachment("document", "A", None, None, "", None, "file_1"),
            id="file",
        ),
        pytest.param(block({"type": "of_tomorrow"}), Attachment("document", None, None, None, ""), id="unknown"),
    ],
)
def test_what_is_known_of_an_attachment(brought: Any, expected: Attachment) -> None:
    assert found(brought) == (expected,)


def test_those_that_tools_give_back_count_and_other_blocks_do_not() -> None:
    image = block({"type": "base64", "media_type": "image/png", "data": "AAAA"}, "image")
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "a"}, image]}

    assert [one.type for one in found(result, block(PLAIN), {"type": "text", "text": "x"})] == ["image", "document"]
    assert found({"type": "tool_result", "tool_use_id": "t", "content": "a"}, {"type": "document"}) == ()
    assert read([{"role": "user", "content": "a"}, {"role": "assistant", "content": [block(PLAIN)]}]) == ()


def test_it_is_plain_data_for_templates() -> None:
    assert attached(found(block(PLAIN, title="a.txt"))[0]) == {
        "type": "document",
        "name": "a.txt",
        "media_type": "text/plain",
        "size_bytes": 3,
        "text": "é1",
        "url": None,
        "file_id": None,
    }


def test_a_file_is_what_is_known_of_it() -> None:
    named = {"role": "user", "content": [block({"type": "file", "file_id": "file_1"})]}
    titled = {"role": "user", "content": [block({"type": "file", "file_id": "file_1"}, title="A")]}
    known: dict[str, Contents] = {"file_1": Contents("a.txt", "text/plain", 3, "é1")}

    assert read([named, titled], known.get) == (
        Attachment("document", "a.txt", "text/plain", 3, "é1", None, "file_1"),
        Attachment("document", "A", "text/plain", 3, "é1", None, "file_1"),
    )
    assert read([named], {"file_2": known["file_1"]}.get) == (
        Attachment("document", None, None, None, "", None, "file_1"),
    )
