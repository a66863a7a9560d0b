from typing import Any

import pytest

from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Text
from tests.engine.test_synthesis import message

PLAIN = {
    "type": "document",
    "title": "Plain",
    "source": {"type": "text", "media_type": "text/plain", "data": "Today it rains. Tomorrow too."},
}
PDF = {"type": "document", "title": "Paper", "source": {"type": "base64", "media_type": "application/pdf", "data": ""}}
FILED = {"type": "document", "source": {"type": "file", "file_id": "file_1"}}
TEXTS = [{"type": "text", "text": "It is dry."}, {"type": "text", "text": "It rains."}]
BLOCKS = {"type": "document", "title": None, "source": {"type": "content", "content": TEXTS}}
FOUND = {"type": "search_result", "source": "https://example.com", "title": "Handbook", "content": TEXTS}
RETURNED = {"type": "tool_result", "tool_use_id": "t", "content": [FOUND]}
URL = "https://example.com/rain"


def cited(citation: Any, *brought: Any, text: str = "it rains", before: tuple[Any, ...] = ()) -> Any:
    """What a citation becomes, in a request that brings documents along."""
    sent = [{"role": "user", "content": "Hello"}, {"role": "user", "content": list(brought)}]
    found = message([*before, {"text": text, "citations": [citation]}], messages=sent)
    [block] = found.content[-1:]
    assert isinstance(block, Text)
    assert block.citations is not None
    return block.citations[0]


@pytest.mark.parametrize(
    ("citation", "words", "place"),
    [
        ({"document": 0}, "it rains", (6, 14)),
        ({"document": "Plain", "cited_text": "Tomorrow"}, "Tomorrow", (16, 24)),
    ],
)
def test_words_are_found_in_plain_text(citation: Any, words: str, place: tuple[int, int]) -> None:
    found = cited(citation, PLAIN)

    assert (found["type"], found["cited_text"], found["document_title"]) == ("char_location", words, "Plain")
    assert (found["start_char_index"], found["end_char_index"]) == place


def test_a_document_that_says_it_in_other_words_is_cited_from_its_beginning() -> None:
    found = cited({"document": 0}, PLAIN, text="Umbrellas!")
    assert (found["cited_text"], found["start_char_index"]) == (PLAIN["source"]["data"], 0)  # type: ignore[index]


@pytest.mark.parametrize(("block", "file_id"), [(PDF, None), (FILED, "file_1")])
def test_all_other_documents_have_pages(block: Any, file_id: str | None) -> None:
    found = cited({"document": 0, "page": 3, "title": "Mine"}, block)

    assert (found["type"], found["start_page_number"], found["end_page_number"]) == ("page_location", 3, 4)
    assert (found["document_title"], found["file_id"], found["cited_text"]) == ("Mine", file_id, "it rains")


@pytest.mark.parametrize(
    ("words", "place"), [("It rains.", (1, 2)), (None, (0, 1))], ids=["in-the-second", "in-none-of-them"]
)
def test_custom_content_has_blocks(words: str | None, place: tuple[int, int]) -> None:
    found = cited({"document": 0} | ({"cited_text": words} if words else {}), BLOCKS)

    assert found["type"] == "content_block_location"
    assert (found["start_block_index"], found["end_block_index"]) == place


def test_documents_are_numbered_through_the_request() -> None:
    found = cited({"document": 1}, PDF, PLAIN)
    assert (found["document_index"], found["document_title"]) == (1, "Plain")


@pytest.mark.parametrize("citation", [{"search_result": 0}, {"search_result": "Handbook", "cited_text": "It rains."}])
@pytest.mark.parametrize("brought", [FOUND, RETURNED], ids=["sent", "given-by-a-tool"])
def test_search_results_are_cited_by_their_source(citation: Any, brought: Any) -> None:
    found = cited(citation, brought)

    assert (found["type"], found["source"], found["title"]) == (
        "search_result_location",
        "https://example.com",
        "Handbook",
    )
    assert found["search_result_index"] == 0


def test_a_page_of_the_web_has_the_title_that_was_found() -> None:
    search = {"web_search": {"query": "rain", "results": [{"url": URL, "title": "Rain"}]}}
    fetch = {"web_fetch": {"url": URL, "text": "It rains."}}
    found = cited({"url": URL}, before=(search, fetch))

    assert (found["type"], found["title"], found["cited_text"]) == ("web_search_result_location", "Rain", "it rains")
    assert found["encrypted_index"].startswith("Eq8C")
    assert cited({"url": URL})["title"] is None
    assert cited({"url": URL, "title": "Mine"}, before=(search,))["title"] == "Mine"


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        ({"document": 1}, "the request has no document 1; it has 'Plain'"),
        ({"document": "Plan"}, "the request has no document 'Plan'; it has 'Plain'"),
        ({"search_result": 0}, "the request has no search result 0; it has none"),
        ({"document": 0, "cited_text": "snow"}, "document 0 does not hold the words 'snow'"),
    ],
)
def test_what_is_not_there_cannot_be_cited(citation: Any, told: str) -> None:
    with pytest.raises(ApiError, match=told):
        cited(citation, PLAIN)


def test_a_text_that_is_cut_keeps_its_citations() -> None:
    found = message({"text": "one two three four five", "citations": [{"url": URL}]}, max_tokens=2)

    [block] = found.content
    assert isinstance(block, Text)
    assert block.text == "one two"
    assert block.citations
