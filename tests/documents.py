"""Documents: their fenced blocks, and a reader who does what they say."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import anthropic
import pytest
import yaml

from mockgw.cli.serve import serve
from mockgw.delivery.actions import Delivery, Head
from mockgw.errors import ScenarioError
from mockgw.journal import Exchange
from mockgw.lint.check import problems
from mockgw.lint.report import problem_line
from mockgw.report.checks import FAILED
from mockgw.scenario.library import shipped
from mockgw.settings import DEFAULT_PORT
from mockgw.verify.verification import verify
from mockgw.verify.wanted import read
from tests.clients import serving
from tests.clients.serving import Server
from tests.clients.waiting import wait_until
from tests.support import ask, body, pipeline, scenario, sent_bytes

PROJECT = Path(__file__).parent.parent
MAKEFILE = PROJECT / "Makefile"
URL = f"http://127.0.0.1:{DEFAULT_PORT}"

# A block, and the promises behind it: `<!-- request => part of the answer -->`, which are not seen on the page.
BLOCK = re.compile(r"^```(\w*) ?(\w*)\n(.*?)^```$((?:\n<!-- [^\n]* => [^\n]* -->$)*)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^for [\s\S]*?^done$|^(?:[^\n]*\\\n)*[^\n]+", re.MULTILINE)
PROMISE = re.compile(r"<!-- (.*) => (.*) -->")

SPOKEN = (0, 1, FAILED)  # what a command has to say is what it is asked for
STANDIN = PROJECT / "tests" / "claude_standin.py"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: ```` ```language flag ````."""

    language: str
    flag: str
    text: str
    promises: tuple[tuple[Any, str], ...]
    place: str

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block, each with all of its lines."""
        return COMMAND.findall(self.text)


def blocks(document: Path) -> list[Block]:
    page = document.read_text(encoding="utf-8")
    return [
        _block(found, f"{document.name}:{page.count(chr(10), 0, found.start()) + 1}") for found in BLOCK.finditer(page)
    ]


def _block(found: re.Match[str], place: str) -> Block:
    promises = ((yaml.safe_load(asked), told) for asked, told in PROMISE.findall(found[4]))
    return Block(found[1], found[2], found[3], tuple(promises), place)


@dataclass
class Reader:
    """Somebody who follows a document from top to bottom, in a folder of his own."""

    folder: Path
    packages: Path | None = None  # of Node.js, where they are installed
    server: Server | None = None
    variables: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    sent: list[Exchange] = field(default_factory=list)

    def follow(self, block: Block) -> None:
        try:
            RUNNERS[block.language](self, block)
        except Exception as error:
            error.add_note(f"in the block at {block.place}")
            raise

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def read(self, block: Block) -> None:
        """YAML is a scenario, if it does not say what else."""
        {"workflow": Reader.automate, "compose": Reader.compose, "verification": Reader.verify}.get(
            block.flag, Reader.load
        )(self, block)

    def automate(self, block: Block) -> None:
        """A workflow of GitHub's: its own commands run here as they do there, and a service is told what it knows."""
        [job] = yaml.safe_load(block.text)["jobs"].values()
        for gateway in job.get("services", {}).values():
            assert gateway["ports"] == [f"{DEFAULT_PORT}:{DEFAULT_PORT}"]
            assert job["env"]["ANTHROPIC_BASE_URL"] == URL
            assert gateway["env"].keys() <= {parameter.envvar for parameter in serve.params}
            assert (shipped() / f"{gateway['env']['MOCKGW_SCENARIO']}.yaml").is_file()
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert commands
        for command in (command for command in commands if command.startswith("mockgw ")):
            self.mockgw(command)

    def compose(self, block: Block) -> None:
        """A composition: what serves here is a command of mockgw's, and the others wait until it is healthy."""
        services = yaml.safe_load(block.text)["services"]
        gateway = services.pop("mockgw")
        assert gateway["command"][:2] == ["mockgw", "serve"]
        assert all(service["depends_on"]["mockgw"] == {"condition": "service_healthy"} for service in services.values())

    def verify(self, block: Block) -> None:
        """What is to be verified of the requests that the promises of the scenario above have sent."""
        verified = verify(read(yaml.safe_load(block.text)), self.sent)
        self.printed = f"{verified.outcome}: {verified.reason}"

    def load(self, block: Block) -> None:
        """A scenario loads and keeps its promises, or is refused if it is meant to be broken."""
        try:
            if found := problems(scenario(block.text, "example")):
                raise ScenarioError.of(found)
        except ScenarioError as error:
            if block.flag != "broken":
                raise
            self._save(block)
            self.printed = "\n".join(map(problem_line, error.problems))
            return
        assert block.promises, "say behind the block what it answers: <!-- request => part of the answer -->"
        self.sent = keep_promises(block)
        self._save(block)

    def _save(self, block: Block) -> None:
        """What names a file in its first line is saved there."""
        if named := re.match(r"(?:#|//) (\S+\.\w+)\n", block.text):
            (self.folder / named[1]).write_text(block.text, encoding="utf-8")

    def type(self, block: Block) -> None:
        for command in block.commands:
            COMMANDS[command.split()[0]](self, command)

    def execute(self, block: Block) -> None:
        if block.flag == "file":
            self._save(block)
            return
        example = self.folder / "example.py"
        example.write_text(self.local(block.text), encoding="utf-8")
        with redirect_stdout(StringIO()) as output:
            made = runpy.run_path(str(example))
        self.printed = output.getvalue()
        for client in (value for value in made.values() if isinstance(value, anthropic.Anthropic)):
            client.close()

    def compare(self, block: Block) -> None:
        """What the block above has printed."""
        assert pattern(block.text).fullmatch(self.printed.strip()), f"printed was:\n{self.printed}"

    def find_in_log(self, block: Block) -> None:
        server = self.server
        assert server
        line = pattern(block.text)
        wait_until(lambda: line.search(server.printed), seconds=5, otherwise=lambda: f"the log is:\n{server.printed}")

    def make(self, command: str) -> None:
        target = shlex.split(command)[1]
        assert re.search(rf"^{target}:", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE), f"no target {target}"
        if target == "serve":
            self.serve("mockgw serve")

    def serve(self, command: str) -> None:
        """`mockgw serve` instead of what served before, without its waits."""
        _, subcommand, *arguments = shlex.split(command)
        assert subcommand == "serve"
        self.stop()
        self.server = serving.start([*arguments, "--time-scale", "0"], folder=self.folder)
        self.printed = self.server.printed.replace(self.server.url, URL)

    def activate(self, command: str) -> None:
        folder = command.removeprefix("source ").removesuffix("/bin/activate")
        assert f"VENV ?= {folder}\n" in MAKEFILE.read_text(encoding="utf-8")

    def export(self, command: str) -> None:
        self.variables |= dict(word.split("=", 1) for word in shlex.split(self.local(command))[1:])

    def shell(self, command: str) -> None:
        if "curl" in command and not shutil.which("curl"):
            pytest.skip("curl is not installed")
        self._run(["bash", "-c", self.local(command)])

    def mockgw(self, command: str) -> None:
        if shlex.split(command)[1] == "serve":
            self.serve(command)
        elif " -- node " not in command:
            self.shell(command)
        elif self.packages:
            (self.folder / "node_modules").symlink_to(self.packages)
            self.shell(command)

    def evaluate(self, command: str) -> None:
        """`eval "$(…)"`: what the command prints is exported from here on."""
        inner = command.removeprefix('eval "$(').removesuffix(')"')
        self.shell(inner)
        for line in self.printed.splitlines():
            self.export(line)

    def _run(self, command: list[str]) -> None:
        here = {"MOCKGW_URL": self.server.url} if self.server else {}
        environment = serving.clean_environment(self.folder, **(here | self.variables))
        path = f"{self._commands()}:{environment['PATH']}"
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env=environment | {"PATH": path, "MOCKGW_TIME_SCALE": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.printed = finished.stdout + finished.stderr
        assert finished.returncode in SPOKEN, self.printed

    def _commands(self) -> Path:
        """The commands that a reader has when `.venv` is activated, and a stand-in for Claude Code."""
        folder = self.folder / ".commands"
        if not folder.exists():
            folder.mkdir()
            for name in ("pytest", "mockgw"):
                (folder / name).symlink_to(Path(sys.executable).with_name(name))
            # As a link it would not find what is installed beside it.
            scripts = {"python": f'#!/bin/sh\nexec {sys.executable} "$@"\n'}
            scripts["claude"] = f"#!{sys.executable}\n{STANDIN.read_text(encoding='utf-8')}"
            for name, script in scripts.items():
                (folder / name).write_text(script, encoding="utf-8")
                (folder / name).chmod(0o755)
        return folder

    def local(self, text: str) -> str:
        """The text with the address of the server that runs now."""
        return text.replace(URL, self.server.url) if self.server else text


RUNNERS: dict[str, Callable[[Reader, Block], None]] = {
    "yaml": Reader.read,
    "js": Reader._save,
    "json": Reader._save,
    "sh": Reader.type,
    "python": Reader.execute,
    "text": Reader.compare,
    "log": Reader.find_in_log,
}
COMMANDS: dict[str, Callable[[Reader, str], None]] = {
    "make": Reader.make,
    "mockgw": Reader.mockgw,
    "eval": Reader.evaluate,
    "echo": Reader.shell,
    "source": Reader.activate,
    "export": Reader.export,
    "curl": Reader.shell,
    "for": Reader.shell,
    "claude": Reader.shell,
    "pytest": Reader.shell,
    "python": Reader.shell,
}


def keep_promises(block: Block) -> list[Exchange]:
    """The exchanges of requests that were answered as a scenario promises."""
    gateway = pipeline(block.text)
    for asked, promised in block.promises:
        request: dict[str, Any] = dict(asked) if isinstance(asked, dict) else {"prompt": str(asked)}
        headers = {name.replace("-", "_"): value for name, value in request.pop("headers", {}).items()}
        opened = ask(gateway, body(**request), **headers)
        heads = [action.headers for action in opened.exchange.actions if isinstance(action, Head)]
        told = "\n".join(f"{name}: {value}" for headers in heads for name, value in headers.items())
        answered = f"{opened.exchange.status} {sent_bytes(opened).decode()}\n{told}"
        gateway.settle(opened, Delivery(ending="whole"))
        assert promised in answered, f"asked {asked!r}, answered {answered}"
    return list(gateway.journal)


def pattern(text: str) -> re.Pattern[str]:
    """What is printed where `…` stands for anything, at any time of day, in any number of milliseconds."""
    found = re.escape(text.strip()).replace("…", ".*?")
    found = re.sub(r"\d\d:\d\d:\d\d", r"\\d\\d:\\d\\d:\\d\\d", found)
    return re.compile(re.sub(r"\d+\\ ms", r"\\d+ ms", found), re.DOTALL)
