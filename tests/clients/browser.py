"""A page in a real browser, as a process: what a script on it gets. Run by the Python that has Playwright."""

import json
import sys

from playwright.sync_api import sync_playwright


def main() -> None:
    """Read {executable, arguments, pages: [{url, script}]}; print what each script returns, as JSON."""
    asked = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked["executable"], args=asked["arguments"])
        page = browser.new_page()
        found = []
        for one in asked["pages"]:
            page.goto(one["url"])
            found.append(page.evaluate(one["script"]))
        browser.close()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
