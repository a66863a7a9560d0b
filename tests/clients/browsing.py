"""A page in a real browser, as a process that takes commands and gives results, one JSON line each.

Run by the Python that has Playwright. Whatever the page complains of, such as a broken policy, comes with each result.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

PATIENCE = 15_000  # milliseconds; a machine that is busy is no failure
STEP = 50
TRACED = ["toplevel", "devtools.timeline"]


class Tab:
    """The one page, and what can be done with it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None
        self.complaints: list[str] = []
        self._forgiven = ""

    @property
    def page(self) -> Page:
        assert self._page, "no page is open"
        return self._page

    def open(self, url: str, width: int, height: int, theme: str) -> None:
        if self._page:
            self._page.context.close()
            self.complaints.clear()  # its server may be gone
        self._forgiven = ""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="en-GB",
            timezone_id="UTC",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        self._page = context.new_page()
        self._page.on("pageerror", lambda error: self.complaints.append(f"{error}\n{error.stack}"))
        self._page.on("console", self._hear)
        self._page.goto(url)

    def go(self, url: str) -> None:
        self.page.goto(url)

    def forgive(self, told: str) -> None:
        """From now on the browser may complain of this: it does so of what the page expects, too."""
        self._forgiven = told

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning") and not (self._forgiven and self._forgiven in told.text):
            self.complaints.append(told.text)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def fill(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.fill(text)

    def choose(self, selector: str, value: str) -> None:
        self.page.locator(selector).first.select_option(value)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.inner_text())

    def texts(self, selector: str) -> list[str]:
        return list(self.page.locator(selector).all_inner_texts())

    def wait(self, selector: str, state: str = "visible") -> None:
        self.page.locator(selector).first.wait_for(state=state)

    def until(self, script: str) -> None:
        """Until a script gives something true. Playwright's own way would evaluate text, which the page forbids."""
        for _ in range(PATIENCE // STEP):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(STEP)
        raise Error(f"never true: {script}")

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)

    def download(self, selector: str) -> str:
        with self.page.expect_download() as caught:
            self.click(selector)
        return Path(caught.value.path()).read_text(encoding="utf-8")

    def shot(self, path: str) -> None:
        self.page.screenshot(path=path)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def trace(self, path: str) -> None:
        """Begin to write down every task of the browser."""
        self._browser.start_tracing(page=self.page, path=path, categories=TRACED)

    def traced(self) -> None:
        self._browser.stop_tracing()


def answer(act: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"result": act()}
    except Error as error:
        return {"failed": str(error)}


def main() -> None:
    executable = sys.argv[1]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-lcd-text"]
        )
        tab = Tab(browser)
        for asked in map(json.loads, sys.stdin):
            told = answer(lambda asked=asked: getattr(tab, asked["call"])(**asked["arguments"]))  # type: ignore[misc]
            sys.stdout.write(json.dumps({**told, "complaints": tab.complaints}) + "\n")
            sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()
