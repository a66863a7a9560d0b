"""Every method of the TypeScript SDK, with every parameter that it declares.

Its package has no tests. So we read its declarations: they say what each method takes, and what comes back. A method or
a parameter that is new there is called by these tests as soon as the pin has moved.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from tests.clients import environments, serving
from tests.clients.conftest import require, require_environment
from tests.clients.declared import package
from tests.clients.declared.fits import misfits
from tests.clients.declared.made import Maker
from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import Method
from tests.clients.driver import HERE
from tests.clients.serving import Server, clean_environment

pytestmark = pytest.mark.node

DECLARED = environments.node().packages / "sdk" / "client.d.ts"
# What the API wants of a field, beyond its type.
MAKER = Maker(
    {
        "budget_tokens": 1024,
        "expires_in_seconds": 3600,
        "file": {"$file": "A text.", "name": "a.txt"},
        "limit": 5,
        "max_tokens": 2048,
        "model": "claude-opus-5-5",
        "thread": {"type": "create"},
    }
)
MODEL = "claude-opus-5-5"
# Any id is good, and any `cache_control`: how many there may be is told by other tests.
SCENARIO = """
gateway: {caching: false, unknown_ids: invent, downloadable_uploads: true}
rules:
  - match: {prompt: Look three times.}
    steps:
      - {tool_use: {name: look}, times: 3}
      - It is sunny.
  - reply: '{}'
"""
CALLED = (
    *("messages.create", "messages.parse", "messages.stream", "messages.countTokens"),
    *("beta.messages.create", "beta.messages.parse", "beta.messages.stream", "beta.messages.countTokens"),
    *("models.list", "models.retrieve", "beta.models.list", "beta.models.retrieve"),
    *(
        f"{resource}.batches.{name}"
        for resource in ("messages", "beta.messages")
        for name in ("create", "retrieve", "list", "delete", "cancel", "results")
    ),
    *(
        f"{resource}.{name}"
        for resource in ("files", "beta.files")
        for name in ("upload", "list", "retrieveMetadata", "download", "delete")
    ),
)
# What helpers of the SDK make of another method: they take what it takes.
HELPERS = {
    "messages.parse": "messages.create",
    "messages.stream": "messages.create",
    "beta.messages.parse": "beta.messages.create",
    "beta.messages.stream": "beta.messages.create",
}
APART = {
    "beta.environments.work.poller": "a loop, which calls beta.environments.work.poll",
    "beta.environments.work.worker": "a loop, which calls beta.environments.work.poll",
    "beta.messages.thread": "a conversation, which calls beta.messages.create",
    "beta.messages.toolRunner": "a loop, which calls beta.messages.create; below",
    "beta.sessions.events.toolRunner": "a loop, which calls beta.sessions.events.stream",
    "beta.webhooks.parseUnverified": "reads what it is given, and asks nobody",
    "beta.webhooks.unwrap": "reads what it is given, and asks nobody",
}


@dataclass(frozen=True, slots=True)
class Sdk:
    """The SDK as a running program, and the names of all its methods."""

    process: subprocess.Popen[str]
    methods: frozenset[str]

    def call(self, method: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"method": method, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        return reply


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("methods")
    (folder / "any.yaml").write_text(SCENARIO, encoding="utf-8")
    server = serving.start(["any.yaml", "--dialect", "anthropic"], folder=folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def sdk(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    require(shutil.which("node"), "Node.js is not installed")
    require_environment(environments.node())
    command = ["node", str(HERE / "methods.mjs"), str(environments.node().folder), server.url]
    home, pipe = clean_environment(tmp_path_factory.mktemp("home")), subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=home) as process:
        assert process.stdout
        yield Sdk(process, frozenset(json.loads(process.stdout.readline())))


def declared(method: str) -> tuple[list[Method], Scope]:
    ways, scope = package.methods(DECLARED, HELPERS.get(method, method))
    return (ways[:1] if method in HELPERS else ways), scope


def arguments(method: str) -> Iterator[tuple[Any, ...]]:
    """What a method is called with, so often that each parameter has been there with each of its types."""
    ways, scope = declared(method)
    for way in ways:
        columns = [
            [MODEL] if name == "modelID" else MAKER.values(Known(parameter.type, scope))
            for name, parameter in way.parameters.items()
            if name != "options"
        ]
        yield from (call for given in product(*columns) for call in compatible(given))


def compatible(call: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """A call, or several where the SDK refuses two parameters beside each other; requests of a batch differ."""
    *before, last = call or (None,)
    for index, request in enumerate(last.get("requests", []) if isinstance(last, dict) else []):
        request["custom_id"] = f"request-{index}"
    both = [name for name in ("output_config", "output_format") if isinstance(last, dict) and name in last]
    if len(both) < 2:
        yield call
        return
    for name in both:
        yield (*before, {key: value for key, value in last.items() if key != name})


def wrong(method: str, value: Any) -> list[str]:
    """What a value has that none of a method's ways may give back."""
    ways, scope = declared(method)
    return min((misfits(value, Known(way.returned, scope), method) for way in ways), key=len)


@pytest.mark.parametrize("method", CALLED)
def test_a_method_takes_all_that_it_declares_and_gives_what_it_declares(sdk: Sdk, method: str) -> None:
    calls = list(arguments(method))

    assert calls
    for call in calls:
        reply = sdk.call(method, call)
        assert "error" not in reply, reply
        assert not wrong(method, reply["value"])


def test_no_method_is_forgotten(sdk: Sdk) -> None:
    """Those of other resources are called by the next test."""
    served = {method.rpartition(".")[0] for method in CALLED}

    assert {method for method in sdk.methods - APART.keys() if method.rpartition(".")[0] in served} == {*CALLED}
    assert APART.keys() <= sdk.methods


def test_what_is_no_part_of_a_gateway_is_not_found(sdk: Sdk) -> None:
    others = sorted(sdk.methods - {*CALLED, *APART})

    assert len(others) > 300
    for method in others:
        reply = sdk.call(method, next(arguments(method)))
        assert reply.get("error", {}).get("class") == "NotFoundError", (method, reply)


def test_the_loop_of_its_tools_goes_on_to_the_end(sdk: Sdk) -> None:
    """It tells only what is new at first; when it hears that there are no threads, all that was said."""
    tool = {"type": "custom", "name": "look", "input_schema": {"type": "object"}, "$gives": "Clouds."}
    message = {"role": "user", "content": "Look three times."}

    reply = sdk.call(
        "beta.messages.toolRunner", ({"model": MODEL, "max_tokens": 99, "messages": [message], "tools": [tool]},)
    )

    assert [block["text"] for block in reply["value"]["content"]] == ["It is sunny."]
