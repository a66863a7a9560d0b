"""Citing: a citation as the API tells it, with where in the request its words stand."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mockgw.notation import shown
from mockgw.protocol.conversation import texts
from mockgw.protocol.errors import ApiError
from mockgw.protocol.signatures import sealed
from mockgw.scenario.citations import Citation
from mockgw.scenario.replies import BlockForm
from mockgw.values import light

Json = dict[str, Any]
LONGEST = 150  # characters that are cited of a source when its words are not given
KINDS = {"document": "document", "search_result": "search result"}


@light
class Citing:
    """What can be cited: the request's documents and search results, and the pages that the answer itself finds."""

    messages: Sequence[Json]
    forms: Sequence[BlockForm]
    seed: int

    def wire(self, citation: Citation, text: str) -> Json:
        """A citation of a text; ApiError when its source, or the words in it, are not there."""
        match citation.source:
            case "url":
                return self._page(citation, text)
            case "document":
                index, block = self._source("document", citation.document)
                return _of_document(citation, text, index, block)
        index, block = self._source("search_result", citation.search_result)
        return _of_search_result(citation, text, index, block)

    def _page(self, citation: Citation, text: str) -> Json:
        title = citation.title if citation.title is not None else self._titles().get(citation.url)
        cited = citation.cited_text or text[:LONGEST]
        page = {"type": "web_search_result_location", "cited_text": cited, "url": citation.url, "title": title}
        return page | {"encrypted_index": sealed(f"{citation.url} {cited}", self.seed)}

    def _titles(self) -> dict[str | None, str | None]:
        """Of the pages that the answer finds or fetches."""
        pages = [page for form in self.forms if form.web_search for page in form.web_search.results]
        pages += [form.web_fetch for form in self.forms if form.web_fetch]
        return {page.url: page.title for page in reversed(pages) if page.title}

    def _source(self, kind: str, wanted: Any) -> tuple[int, Json]:
        blocks = list(enumerate(_blocks(self.messages, kind)))
        found = [one for one in blocks if wanted in (one[0], one[1].get("title"))]
        if not found:
            titles = ", ".join(shown(block.get("title") or index) for index, block in blocks) or "none"
            raise _refused(f"the request has no {KINDS[kind]} {shown(wanted)}; it has {titles}")
        return found[0]


def _of_document(citation: Citation, text: str, index: int, block: Json) -> Json:
    title = citation.title if citation.title is not None else block.get("title")
    source = block.get("source") or {}
    named = {"document_index": index, "document_title": title}
    match source:
        case {"type": "text", "data": str(data)}:
            cited, start = _words(citation, text, data, f"document {index}")
            place: Json = {"start_char_index": start, "end_char_index": start + len(cited)}
            return {"type": "char_location", "cited_text": cited, **named, **place, "file_id": None}
        case {"type": "content", "content": content}:
            cited, number = _in_blocks(citation, text, texts(content), f"document {index}")
            place = {"start_block_index": number, "end_block_index": number + 1}
            return {"type": "content_block_location", "cited_text": cited, **named, **place, "file_id": None}
    page = citation.page or 1
    place = {"start_page_number": page, "end_page_number": page + 1, "file_id": source.get("file_id")}
    return {"type": "page_location", "cited_text": citation.cited_text or text[:LONGEST], **named, **place}


def _of_search_result(citation: Citation, text: str, index: int, block: Json) -> Json:
    cited, number = _in_blocks(citation, text, texts(block["content"]), f"search result {index}")
    title = citation.title if citation.title is not None else block["title"]
    named = {"search_result_index": index, "source": block["source"], "title": title}
    place = {"start_block_index": number, "end_block_index": number + 1}
    return {"type": "search_result_location", "cited_text": cited, **named, **place}


def _words(citation: Citation, text: str, source: str, what: str) -> tuple[str, int]:
    """The words that are cited, and where they begin: those that are given, else the text's own, else the first."""
    for words in (citation.cited_text or text.strip(), *([] if citation.cited_text else [source[:LONGEST]])):
        if (start := source.find(words)) >= 0:
            return words, start
    raise _refused(f"{what} does not hold the words {shown(citation.cited_text)}")


def _in_blocks(citation: Citation, text: str, sources: Sequence[str], what: str) -> tuple[str, int]:
    """The words that are cited, and the number of the block that holds them."""
    wanted = citation.cited_text or text.strip()
    number = next((number for number, source in enumerate(sources) if wanted in source), None)
    if number is not None:
        return wanted, number
    return _words(citation, text, sources[0] if sources else "", what)[0], 0


def _blocks(messages: Iterable[Json], kind: str) -> Iterator[Json]:
    """All blocks of a kind in the request, those in the results of tools too, in their order."""
    for message in messages:
        for block in message["content"] if isinstance(message["content"], list) else ():
            inner = block.get("content") if block.get("type") == "tool_result" else None
            yield from (one for one in (block, *(inner if isinstance(inner, list) else ())) if one.get("type") == kind)


def _refused(reason: str) -> ApiError:
    return ApiError(400, f"cannot cite: {reason}", kind="citation", should_retry=False)
