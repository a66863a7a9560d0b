"""Fixtures: the server as a process, and the real clients; what is not installed is skipped, or fails in CI."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.clients import driver, environments, page, serving, struck
from tests.clients.claude import Claude
from tests.clients.driver import Driver
from tests.clients.environments import PROJECT, Environment
from tests.clients.page import Page
from tests.clients.serving import Server, can_isolate
from tests.clients.terminal import Terminal

Serve = Callable[..., Server]
PROMPT = "\u276f"  # where Claude Code takes its input
SDK_SCENARIOS = Path(__file__).parent / "scenarios"


def require(there: object, missing: str) -> None:
    """Skip what this machine cannot run; fail where everything has to be there."""
    if there:
        return
    if os.environ.get("MOCKGW_CLIENTS_REQUIRED") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def require_environment(environment: Environment) -> None:
    require(environment.ready, f"not installed: {environment.name}; run `make clients`")


def require_browser() -> None:
    require_environment(environments.browser())
    require(shutil.which("chromium"), "Chromium is not installed")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers: `serve("scenarios/hello.yaml")`, or with the text of files: `serve(hello="reply: Hello")`."""
    with ExitStack() as stack:

        def start(*shipped: str, isolated: bool = False, **written: str) -> Server:
            for name, text in written.items():
                (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
            paths = [*(PROJECT / path for path in shipped), *(tmp_path / f"{name}.yaml" for name in written)]
            server = serving.start([str(path) for path in paths], folder=tmp_path, isolated=isolated)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def serve_offline(serve: Serve) -> Serve:
    """As `serve`, in a network that has nothing but the server, where the system lets us make one."""
    return partial(serve, isolated=can_isolate())


@pytest.fixture(scope="session")
def sdk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with all the scenarios of the SDK tests; each test has a session of its own there."""
    server = serving.start([str(SDK_SCENARIOS)], folder=tmp_path_factory.mktemp("sdk"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def striking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with every fault of docs/clients.yaml, for the SDKs."""
    server, _ = struck.serve(tmp_path_factory.mktemp("struck"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def striking_server_offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """The same for Claude Code, in a network of its own where the system lets us make one; and its journal."""
    server, journal = struck.serve(tmp_path_factory.mktemp("struck"), isolated=can_isolate())
    yield server, journal
    server.stop()


def sdk(command: list[str], home: Path) -> Iterator[Driver]:
    running = driver.start(command, home=home)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def newest_python_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    yield from sdk(driver.python(sys.executable), tmp_path_factory.mktemp("newest"))


@pytest.fixture(scope="session")
def old_python_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    require_environment(environments.old_python())
    yield from sdk(driver.python(str(environments.old_python().python)), tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="session")
def typescript_sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    require(shutil.which("node"), "Node.js is not installed")
    require_environment(environments.node())
    yield from sdk(driver.typescript(), tmp_path_factory.mktemp("typescript"))


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A real browser; each test opens a page of its own in it."""
    require_browser()
    with page.browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def claude(tmp_path: Path) -> Claude:
    require_environment(environments.node())
    home, folder = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    folder.mkdir()
    return Claude(environments.node().claude, home, folder)


@pytest.fixture
def screen(claude: Claude, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Open the client on a screen: `screen(server)`."""
    require(shutil.which("tmux"), "tmux is not installed")
    require(can_isolate(), "network namespaces cannot be made here (they need root, unshare, nsenter and ip)")
    with ExitStack() as stack:

        def open_screen(server: Server, *options: str) -> Terminal:
            terminal = claude.open(server, f"mockgw-{os.getpid()}-{tmp_path.name}"[-60:], *options)
            stack.callback(terminal.close)
            terminal.wait_for(PROMPT)
            return terminal

        yield open_screen
