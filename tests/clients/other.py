"""Other: a client that is neither Claude Code nor an official SDK, with a server of its own."""

import ast
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from docs.others import Other
from mockgw.settings import DEFAULT_PORT
from tests.clients import driver, environments, serving
from tests.clients.driver import Reply
from tests.clients.environments import Environment
from tests.clients.serving import Server, can_isolate, clean_environment

PROGRAMS = Path(__file__).parent / "others"
TALKS = PROGRAMS / "talks.yaml"
URL = f"http://127.0.0.1:{DEFAULT_PORT}"
# LiteLLM would fetch its prices when it is imported. Of the others none sends anything unasked.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "1"}
WEATHER = 'def weather(city: str, days: int) -> str:\n    """The weather of a city."""\n    return "Rain."'
FOR_LLM = {"create": ("--no-stream",), "stream": (), "tool": ("--functions", WEATHER, "--tools-debug")}


class Running(Protocol):
    def call(self, name: str, *, options: dict[str, Any], arguments: dict[str, Any]) -> Reply: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Llm:
    """The command `llm`, of which each call is a process; what it prints is the reply."""

    before: Sequence[str]
    environment: dict[str, str]

    def call(self, name: str, *, options: dict[str, Any], arguments: dict[str, Any]) -> Reply:
        shell = ["sh", "-c", f'{options["line"]} "$@"', "sh", "--usage", *FOR_LLM[name], arguments["prompt"]]
        done = subprocess.run(
            [*self.before, *shell],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        text = done.stdout.rstrip("\n")
        if done.returncode:
            return Reply([text], error=_told(done.stderr))
        return Reply([text], {"content": [{"text": text}], "stop_reason": "exit code 0"} | _reported(done.stderr))

    def stop(self) -> None:
        """Nothing of it stays."""


def _told(errors: str) -> dict[str, Any]:
    first = re.split(r":? - |: \{", errors)[0].strip()
    return {"classes": [first], "module": "", "message": errors}


def _reported(errors: str) -> dict[str, Any]:
    *_, (sent, received) = re.findall(r"Token usage: (\d+) input, (\d+) output", errors)
    called = re.search(r"Tool call: weather\((.*)\)", errors)
    arguments = {"arguments": ast.literal_eval(called[1])} if called else {}
    return {"usage": {"input": int(sent), "output": int(received)}, **arguments}


@dataclass(frozen=True, slots=True)
class Asked:
    """A client that runs and the line that leads it; `journal` is complete when the server has stopped."""

    line: str
    running: Running
    server: Server
    journal: Path

    def in_session(self, name: str) -> "Asked":
        return replace(self, line=self.line.replace(self.server.url, f"{self.server.url}/s/{name}"))

    def of_scenario(self, name: str) -> "Asked":
        return replace(self, line=self.line.replace("claude-opus-5-5", f"claude-mock/{name}"))

    def ask(self, call: str, prompt: str) -> Reply:
        return self.running.call(call, options={"line": self.line}, arguments={"prompt": prompt})

    def exchanges(self, prompt: str) -> list[dict[str, Any]]:
        """What the server saw: the requests that a rule has answered, or none has."""
        lines = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if (line["rule"] or "no_match") == prompt]


def environment(other: Other) -> Environment:
    return environments.other(other.client, other.name, other.pins)


def command(other: Other) -> list[str]:
    folder = environment(other).folder
    if other.client == "ai":
        return ["node", str(PROGRAMS / "with_ai.mjs"), str(folder)]
    return [str(environment(other).python), str(PROGRAMS / f"with_{other.client}.py")]


def start(other: Other, home: Path, before: Sequence[str] = ()) -> Running:
    """The client as a running program, or as a command that is run for each call."""
    variables = clean_environment(home, **QUIET)
    if other.client != "llm":
        return driver.start([*before, *command(other)], home=home, **QUIET)
    return Llm(before, variables | {"PATH": f"{environment(other).python.parent}:{variables['PATH']}"})


def asking(other: Other, folder: Path, *flags: str) -> tuple[Asked, Callable[[], None]]:
    """The client with a server of its own, offline where the system lets us; and what stops both."""
    journal = folder / "journal.jsonl"
    server = serving.start([str(TALKS), "--journal", str(journal), *flags], folder=folder, isolated=can_isolate())
    running = start(other, folder, server.enter)

    def stop() -> None:
        running.stop()
        server.stop()

    return Asked(other.line.replace(URL, server.url), running, server, journal), stop
