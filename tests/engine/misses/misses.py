"""Misses: what each case of cases.yaml is told. `python -m tests.engine.misses.misses` writes it anew."""

from pathlib import Path
from typing import Any

import orjson
import yaml

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Delivery
from mockgw.engine.explain import Explanation
from mockgw.pipeline import Pipeline
from mockgw.protocol.requests import Incoming
from mockgw.scenario.library import Library
from tests.support import body, parsed, scenario

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
GOLDEN = HERE / "golden.txt"
ABOUT = "# What each case of cases.yaml is told, word for word.\n"


def asked(name: str) -> tuple[Pipeline, Incoming]:
    """A pipeline that had the history of a case, and its request."""
    case = CASES[name]
    gateway = _pipeline({"test": case["scenario"], **case.get("others", {})})
    for earlier in case.get("history", ()):
        gateway.settle(gateway.messages(_incoming(earlier)), Delivery(ending="whole"))
    return gateway, _incoming(case["request"])


def _pipeline(texts: dict[str, str]) -> Pipeline:
    loaded = {name: scenario(text, name) for name, text in texts.items()}
    return Pipeline(Library(loaded, "test"), clock=VirtualClock())


def _incoming(request: dict[str, Any]) -> Incoming:
    """A prompt, or the fields of a body; `headers` stand beside them."""
    fields = {key: value for key, value in request.items() if key not in ("headers", "prompt")}
    sent = {"x-api-key": "test", **request.get("headers", {})}
    return Incoming("POST", "/v1/messages", sent, body=orjson.dumps(body(request.get("prompt", "Hello"), **fields)))


def told(name: str) -> str:
    """The message of a case's error."""
    gateway, incoming = asked(name)
    answer = parsed(gateway.messages(incoming))
    return str(answer["error"]["message"])


def explained(name: str) -> Explanation:
    gateway, incoming = asked(name)
    return gateway.explain(incoming)


def golden() -> dict[str, str]:
    """What was written down of each case."""
    parts = GOLDEN.read_text(encoding="utf-8").removeprefix(ABOUT).split("\n== ")[1:]
    return {name: text.rstrip("\n") for name, _, text in (part.partition("\n") for part in parts)}


def main() -> None:
    texts = (f"\n== {name}\n{told(name)}\n" for name in CASES)
    GOLDEN.write_text(ABOUT + "".join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
