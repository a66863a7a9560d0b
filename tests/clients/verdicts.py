"""Verdicts: what a client has made of an answer, in the words of docs/clients.md."""

import re
from typing import Any

from tests.clients.claude import Run
from tests.clients.driver import Reply

PIECES = ["It is ", "sunny ", "until ", "noon."]
WHOLE = "".join(PIECES)
GIVEN_UP = ("APIUserAbortError", "DOMException")  # by the test: the client itself would have waited on
FIRST_WORDS = re.compile(r"(?<!authenticate)\. |; | — | fetching ")


def of_sdk(reply: Reply) -> str:
    return ", then ".join(filter(None, [_received(reply), _failure(reply.error)])) or "nothing"


def of_other(reply: Reply, told: str) -> str:
    """With the stop reason of what is not whole, and whether an error says what was told."""
    received, failure = _received(reply), _failure(reply.error, own="")
    stop = reply.value and reply.value["stop_reason"]
    ending = f", `{stop}`" if stop and received != "whole" else ""
    silent = " without the message" if failure and told not in reply.error["message"] else ""
    return ", then ".join(filter(None, [received + ending, failure + silent]))


def of_claude(run: Run) -> str:
    """What it says at its end; of an error the first words."""
    if not run.result["is_error"]:
        return _quoted(run.text) + ("" if run.result["stop_reason"] else " without a stop reason")
    assert run.exit_code == 1
    return f"`{FIRST_WORDS.split(run.text)[0]}`"


def on_try(tries: int) -> str:
    return f" on try {tries}" if tries > 1 else ""


def _received(reply: Reply) -> str:
    """What an application has in hands: the message or, without one, the pieces that it has seen."""
    if reply.value is None:
        return _quoted("".join(reply.deltas))
    if not isinstance(reply.value, dict):
        return "a string instead of a message"
    if not reply.value.get("content"):
        return "a message without content"
    text = "".join(block["text"] for block in reply.value["content"])
    return _quoted(text) + ("" if reply.value["stop_reason"] else " without a stop reason")


def _failure(error: dict[str, Any], own: str = "anthropic") -> str:
    """The exception, with its module if it is not the client's own."""
    if not error:
        return ""
    name, module = error["classes"][0], error["module"]
    if name in GIVEN_UP:
        return "waits"
    return f"`{name}`" if module in ("", own, "builtins") else f"`{module}.{name}`"


def _quoted(text: str) -> str:
    return "whole" if text == WHOLE else text and f"“{text.strip()}”"
