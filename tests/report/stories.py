"""Stories: what clients did, and the reports on it; `python -m tests.report.stories` writes the goldens anew."""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from mockgw import __version__
from mockgw.report.checks import USUAL, Judgement, judged
from mockgw.report.collect import Collector, Ran
from mockgw.report.document import document
from mockgw.report.html import html
from mockgw.report.junit import junit
from mockgw.report.text import text
from tests.verify.sessions import Client

GOLDENS = Path(__file__).parent / "goldens"
FORMS: Mapping[str, Callable[[Judgement], str]] = {
    "report.txt": text,
    "report.json": document,
    "report.xml": junit,
    "report.html": html,
}
HOSTILE = '<script>alert("1")</script> & \'</pre>'
SCENARIO = """
rules:
  - {id: look, match: {prompt: look}, reply: There., expect: {at_least: 1}}
  - {id: limited, match: {prompt: limited}, attempts: [{error: {status: 429, retry_after: 2s}}, Now.]}
  - {id: broken, match: {prompt: broken}, attempts: [{error: 529}]}
  - {id: hi, match: {prompt: Hi}, reply: Hello, expect: 2}
  - {id: never, match: {prompt: Never}, reply: Never}
"""


class Story(Client):
    """A client whose requests are reported on."""

    def __init__(self, text: str = SCENARIO) -> None:
        super().__init__(text)
        self.collector = Collector(self.gateway)

    def judged(self, fail_on: Collection[str] = USUAL, ran: Ran | None = None) -> Judgement:
        return judged(self.collector.report(ran), fail_on)


def bad_day() -> Story:
    """All went wrong that can, and one session was as it should be."""
    story = Story()
    for prompt in ("Hi", "limited", "limited"):
        story.ask(prompt)
    story.ask("Hi", x_mockgw_scenario=HOSTILE)
    for prompt in ("look", "Hi", "Hi"):
        story.ask(prompt, x_mockgw_session="good")
    story.ask("Hi", x_mockgw_session='<b>"&"<i>')
    story.ask("broken", x_mockgw_session='<b>"&"<i>')
    return story


def good_day() -> Story:
    story = Story()
    for prompt in ("look", "Hi", "Hi", "limited"):
        story.ask(prompt)
    story.ask("limited", after=2.0)
    return story


def told(form: Callable[[Judgement], str], story: Story) -> str:
    """A form of the report on it, with its requests numbered as they came."""
    found = form(story.judged(ran=Ran(("pytest", "-k", HOSTILE), 0)))
    for number, one in enumerate(story.exchanges, 1):
        found = found.replace(one.request_id, f"req_{number}")
    return re.sub(rf"\b{re.escape(__version__)}\b", "VERSION", found)


if __name__ == "__main__":
    for name, form in FORMS.items():
        (GOLDENS / name).write_text(told(form, bad_day()).rstrip("\n") + "\n", encoding="utf-8")
