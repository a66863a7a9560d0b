"""Screenshots: what the console looks like, for docs/images (`python -m tests.clients.screenshots`).

A real server, real clients and a real browser; the pictures are made small by Pillow, in an environment of its own.
They are made with the font Inter (Debian: fonts-inter), which the page prefers; without it they look a bit different.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import anthropic
import httpx2

from mockgw.settings import DEFAULT_PORT
from tests.clients import environments, install, serving
from tests.clients.claude import Claude
from tests.clients.environments import PROJECT, Environment
from tests.clients.page import NARROW, Page, browser
from tests.clients.serving import Server

IMAGES = PROJECT / "docs" / "images"
DEMO = Path(__file__).parent / "demo" / "agency.yaml"
SHIPPED = ("coding-agent", "bad-day", "slow-model")
WIDE = (1280, 800)
ROOM = (1600, 900)
PILLOW = "pillow==13.0.0"
# From millions of colours to those of a palette, without dots.
SHRINK = """
import sys
from PIL import Image
for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
"""


def pillow() -> Environment:
    return Environment("Pillow", environments.root() / "pictures", PILLOW)


def say(server: Server, *prompts: str, session: str = "", **more: Any) -> None:
    """A conversation by the SDK, turn after turn, whatever comes."""
    prefix = f"/s/{session}" if session else ""
    messages: list[Any] = []
    for prompt in prompts:
        messages.append({"role": "user", "content": prompt})
        with (
            suppress(anthropic.APIError, httpx2.HTTPError),
            anthropic.Anthropic(base_url=server.url + prefix, api_key="mock", max_retries=2) as client,
            client.messages.stream(model="claude-opus-5-5", max_tokens=1000, messages=messages, **more) as stream,
        ):
            answer = stream.get_final_message()
            messages.append({"role": "assistant", "content": answer.content})


def traffic(server: Server, claude: Claude) -> None:
    """What a demo has to show: an agent at work, tries, a miss, a broken stream."""
    claude.ask(server, "fix the demo", "--allowedTools", "Write,Read,Edit,Bash", ANTHROPIC_CUSTOM_HEADERS=AGENT)
    say(server, "A weekend in Lisbon", "Can it be cheaper?", session="checkout")
    say(server, "The fastest way to Porto", session="checkout")
    say(server, "What about Madeira?", session="checkout")
    say(server, "Half a day in Sintra")
    say(server, "When does the ferry leave?", system="You are a travel agent.", tools=[BOOKING])


AGENT = "x-mockgw-session: claude-code\nx-mockgw-scenario: coding-agent"
BOOKING = {"name": "book", "description": "Book seats on a ship", "input_schema": {"type": "object"}}


def shoot(page: Page, name: str) -> Path:
    """What is seen now, when it has come to rest."""
    page.evaluate("new Promise(done => setTimeout(done, 600))")
    path = IMAGES / f"{name}.png"
    page.do("shot", path=str(path))
    return path


def newest(server: Server, **query: str) -> str:
    """The id of the newest exchange of that kind."""
    found = httpx2.get(f"{server.url}/_mockgw/journal", params=query, trust_env=False).json()["exchanges"]
    return str(found[-1]["request_id"])


def pictures(server: Server, page: Page) -> list[Path]:
    ferry, agent, miss = (
        newest(server, rule="ferry"),
        newest(server, scenario="coding-agent"),
        newest(server, unmatched="true"),
    )
    stream, talk, why = (
        f"{server.url}/#open={ferry}&panel=exchange&tab=Stream",
        f"{server.url}/#open={agent}&panel=exchange",
        f"{server.url}/#open={miss}&panel=exchange&tab=Why",
    )
    taken = []
    for theme in ("light", "dark"):
        page.open(stream, size=WIDE, theme=theme)
        page.wait(".drawing")
        taken.append(shoot(page, f"console-stream-{theme}"))
        page.open(f"{server.url}/#of=checkout", size=WIDE, theme=theme)
        armed(page)
        taken.append(shoot(page, f"console-control-{theme}"))
    page.open(talk, size=WIDE, theme="light")
    page.wait(".turn.answer")
    taken.append(shoot(page, "console-conversation"))
    page.open(why, size=WIDE, theme="dark")
    page.wait("#exchange .snippet")
    taken.append(shoot(page, "console-why"))
    page.open(f"{server.url}/#panel=scenarios", size=WIDE, theme="light")
    page.click(".scenario summary")
    page.wait(".rule-row")
    taken.append(shoot(page, "console-scenarios"))
    page.open(stream, size=ROOM, theme="dark")
    page.press("b")
    page.wait(".drawing")
    taken.append(shoot(page, "console-present"))
    page.open(server.url, size=NARROW, theme="light")
    page.wait("#list .row")
    taken.append(shoot(page, "console-narrow"))
    page.open(stream, size=NARROW, theme="dark")
    page.wait(".drawing")
    return [*taken, shoot(page, "console-narrow-stream")]


def armed(page: Page) -> None:
    page.wait(".preset")
    page.wait(".limit")
    if not page.texts(".armed-row"):
        page.click(".preset >> text=429 for 30 s")
        page.click(".preset >> text=Break after 5 events")
    page.wait(".armed-row")


def laid() -> Path:
    """A folder with the demo in it, whose name is seen in the pictures."""
    folder = Path(tempfile.gettempdir()) / "agency"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("home", "work"):
        (folder / name).mkdir(parents=True)
    shutil.copy(DEMO, folder)
    for name in SHIPPED:
        shutil.copy(PROJECT / "scenarios" / f"{name}.yaml", folder)
    return folder


def main() -> None:
    install.provide(pillow(), install.make_python)
    IMAGES.mkdir(exist_ok=True)
    folder = laid()
    files = [str(folder / name) for name in (DEMO.name, *(f"{name}.yaml" for name in SHIPPED))]
    server = serving.start([*files, "--port", str(DEFAULT_PORT)], folder=folder)
    try:
        with browser(folder) as page:
            page.open(server.url, size=WIDE)
            page.wait("text=Nothing has come yet")
            taken = [shoot(page, "console-empty")]
            traffic(server, Claude(environments.node().claude, folder / "home", folder / "work"))
            taken += pictures(server, page)
    finally:
        server.stop()
    shrink(taken)


def shrink(taken: Sequence[Path]) -> None:
    subprocess.run([pillow().python, "-c", SHRINK, *taken], check=True)
    for path in taken:
        sys.stdout.write(f"{path.relative_to(PROJECT)}  {path.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
