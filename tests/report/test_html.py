import re
from html.parser import HTMLParser

from mockgw.report.html import html
from tests.report.stories import GOLDENS, Story, bad_day, good_day, told

VOID = {"meta"}


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_bad_day() -> None:
    assert told(html, bad_day()).rstrip("\n") + "\n" == (GOLDENS / "report.html").read_text(encoding="utf-8")


def test_what_came_from_a_client_is_text() -> None:
    page = Page(html(bad_day().judged()))
    assert '<script>alert("1")</script>' in page.text
    assert '<b>"&"<i>' in page.text
    assert {"script", "b", "i"} & set(page.tags) == set()
    assert page.open == []


def test_it_needs_nothing_else_and_may_not_ask_for_it() -> None:
    found = html(good_day().judged())
    page = Page(found)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    assert {"src", "href"} & {name for name, _ in page.attributes} == set()
    assert not re.search(r"url\(|@import|https?:", found)


def test_each_session_has_its_numbers_and_checks() -> None:
    found = html(bad_day().judged())
    assert re.findall("<h2>Session (.*)</h2>", found) == ["default", "good", "&lt;b&gt;&#34;&amp;&#34;&lt;i&gt;"]
    assert found.count("<summary>Checks</summary>") == 3


def test_a_run_without_requests_has_a_page_too() -> None:
    page = Page(html(Story("{reply: Hi}").judged()))
    assert "passed, with no request at all" in page.text
