"""The Anthropic Python SDK as a program: one JSON command per line in, one JSON reply per line out.

Runs under the newest SDK and under one from before 1.0; tests/clients/sdk.mjs says the same in TypeScript.
"""

import functools
import json
import sys
from typing import Any

import anthropic
from anthropic import Anthropic


def create(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["value"] = client.messages.create(**arguments).model_dump(mode="json")


def stream(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    with client.messages.stream(**arguments) as events:
        for event in events:
            if event.type == "text":
                reply["deltas"].append(event.text)
        reply["value"] = events.get_final_message().model_dump(mode="json")


def beta_create(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["value"] = client.beta.messages.create(**arguments).model_dump(mode="json")


def beta_stream(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    with client.beta.messages.stream(**arguments) as events:
        reply["value"] = events.get_final_message().model_dump(mode="json")


def iterate(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    for event in client.messages.create(stream=True, **arguments):
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            reply["deltas"].append(event.delta.text)


def count_tokens(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["value"] = client.messages.count_tokens(**arguments).model_dump(mode="json")


def models(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["value"] = [model.model_dump(mode="json") for model in client.models.list(**arguments)]  # every page


def model(client: Anthropic, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["value"] = client.models.retrieve(**arguments).model_dump(mode="json")


def called(client: Anthropic, name: str, arguments: dict[str, Any], reply: dict[str, Any]) -> None:
    """Any other method by its path, such as `messages.batches.retrieve`; an `id` comes before the other arguments."""
    method: Any = functools.reduce(getattr, name.split("."), client)
    ids = [arguments.pop("id")] if "id" in arguments else []
    if "file" in arguments:
        arguments["file"] = (*arguments["file"][:1], arguments["file"][1].encode(), *arguments["file"][2:])
    reply["value"] = plain(method(*ids, **arguments))


def plain(value: Any) -> Any:
    """A model as data, and all that a page or another stream of them has."""
    if hasattr(value, "read"):
        return value.read().decode()
    is_list = hasattr(value, "iter_pages") or not hasattr(value, "model_dump")
    return [plain(one) for one in value] if is_list else value.model_dump(mode="json")


CALLS = {
    "create": create,
    "stream": stream,
    "iterate": iterate,
    "beta_create": beta_create,
    "beta_stream": beta_stream,
    "count_tokens": count_tokens,
    "models": models,
    "model": model,
}


def described(error: Exception) -> dict[str, Any]:
    return {
        "classes": [ancestor.__name__ for ancestor in type(error).__mro__],
        "module": type(error).__module__.partition(".")[0],
        "status": getattr(error, "status_code", None),
        "type": getattr(error, "type", None),
        "message": f"{error} {error.__cause__ or ''}",
    }


def answer(command: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = {"deltas": [], "retries": -1}

    def count(request: object) -> None:
        reply["retries"] += 1

    options = {"api_key": "mock", "_strict_response_validation": True, **command["options"]}
    counted = anthropic.DefaultHttpxClient(event_hooks={"request": [count]})
    try:
        with Anthropic(**options, http_client=counted) as client:
            if "." in command["call"]:
                called(client, command["call"], command["arguments"], reply)
            else:
                CALLS[command["call"]](client, command["arguments"], reply)
    except Exception as error:  # whatever it is, the test wants to see it
        reply["error"] = described(error)
    return reply


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.stderr.write(f"anthropic {anthropic.__version__}\n")
    main()
