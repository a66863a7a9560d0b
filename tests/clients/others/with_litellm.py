"""LiteLLM as a program that tests/clients/others/program.py describes."""

import json
import sys
from pathlib import Path
from typing import Any

import litellm

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # started as a script

from tests.clients.others import program

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
    },
}


def complete(url: str, session: str, messages: list[dict[str, Any]], **more: Any) -> Any:
    return litellm.completion(
        model="anthropic/claude-opus-5-5",
        messages=messages,
        api_base=url,
        api_key="mock",
        max_tokens=1000,
        extra_headers={"x-mockgw-session": session},
        **more,
    )


def user(prompt: str) -> dict[str, Any]:
    return {"role": "user", "content": prompt}


def value(text: str, stop: str | None, usage: Any) -> dict[str, Any]:
    tokens = {"input": usage.prompt_tokens, "output": usage.completion_tokens} if usage else None
    return {"content": [{"text": text}], "stop_reason": stop, "usage": tokens}


def create(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    response = complete(url, session, [user(prompt)])
    [choice] = response.choices
    reply["value"] = value(choice.message.content, choice.finish_reason, response.usage)


def stream(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    stop = usage = None
    for chunk in complete(url, session, [user(prompt)], stream=True, stream_options={"include_usage": True}):
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices:
            reply["deltas"] += [choice.delta.content] if choice.delta.content else []
            stop = choice.finish_reason or stop
    reply["value"] = value("".join(reply["deltas"]), stop, usage)


def tool(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    messages: list[Any] = [user(prompt)]
    asked = complete(url, session, messages, tools=[WEATHER]).choices[0].message
    [call] = asked.tool_calls
    messages += [asked, {"role": "tool", "tool_call_id": call.id, "content": "Rain."}]
    response = complete(url, session, messages, tools=[WEATHER])
    [choice] = response.choices
    reply["value"] = value(choice.message.content, choice.finish_reason, response.usage)
    reply["value"]["arguments"] = json.loads(call.function.arguments)


if __name__ == "__main__":
    litellm.telemetry = False
    program.run({"create": create, "stream": stream, "tool": tool})
