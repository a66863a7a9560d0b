"""Page: the live console in a real browser, driven as a person would."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients import environments
from tests.clients.serving import clean_environment

BROWSING = Path(__file__).with_name("browsing.py")
WIDE = (1440, 900)
NARROW = (360, 740)


@dataclass(frozen=True, slots=True)
class Page:
    """A browser with one page, as a running program."""

    process: subprocess.Popen[str]

    def do(self, name: str, **arguments: Any) -> Any:
        """One command; what the page complains of fails it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert "failed" not in told, f"{name} {arguments}: {told['failed']}"
        assert told["complaints"] == [], "\n".join(told["complaints"])
        return told["result"]

    def open(self, url: str, *, size: tuple[int, int] = WIDE, theme: str = "light") -> None:
        self.do("open", url=url, width=size[0], height=size[1], theme=theme)

    def click(self, selector: str) -> None:
        self.do("click", selector=selector)

    def fill(self, selector: str, text: str) -> None:
        self.do("fill", selector=selector, text=text)

    def choose(self, selector: str, value: str) -> None:
        self.do("choose", selector=selector, value=value)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.do("press", key=key)

    def text(self, selector: str) -> str:
        return str(self.do("text", selector=selector))

    def texts(self, selector: str) -> list[str]:
        return list(self.do("texts", selector=selector))

    def wait(self, selector: str, *, state: str = "visible") -> None:
        self.do("wait", selector=selector, state=state)

    def until(self, script: str) -> None:
        self.do("until", script=script)

    def evaluate(self, script: str) -> Any:
        return self.do("evaluate", script=script)

    @property
    def clipboard(self) -> str:
        return str(self.evaluate("navigator.clipboard.readText()"))


@contextmanager
def browser(home: Path, *, enter: Sequence[str] = ()) -> Iterator[Page]:
    """A browser, until the end of the block; `enter` stands before it as `Server.enter` says."""
    chromium = shutil.which("chromium")
    assert chromium
    process = subprocess.Popen(
        [*enter, str(environments.browser().python), str(BROWSING), chromium],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(home),
    )
    try:
        yield Page(process)
    finally:
        process.communicate(timeout=30)
