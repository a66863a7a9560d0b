"""Program: a client of whatever make, as one that takes JSON commands and gives JSON replies, a line each."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

# From a line of docs/others.yaml and a prompt to a message. What came before an error stands in the reply all the same.
Call = Callable[[str, str, dict[str, Any]], None]


def described(error: Exception) -> dict[str, Any]:
    return {
        "classes": [ancestor.__name__ for ancestor in type(error).__mro__],
        "module": type(error).__module__.partition(".")[0],
        "message": str(error),
    }


def answer(calls: Mapping[str, Call], command: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = {"deltas": []}
    try:
        calls[command["call"]](command["options"]["line"], command["arguments"]["prompt"], reply)
    except Exception as error:  # whatever it is, the test wants to see it
        reply["error"] = described(error)
    return reply


def run(calls: Mapping[str, Call]) -> None:
    """Answer until there are no more commands. What the clients print themselves goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        for line in sys.stdin:
            replies.write(json.dumps(answer(calls, json.loads(line))) + "\n")
            replies.flush()
