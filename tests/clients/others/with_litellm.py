"""LiteLLM, as a program."""

import json
from functools import partial
from typing import Any

import litellm
import program  # beside this script

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
    },
}


def completion(line: str) -> Any:
    return eval(line, {"litellm": litellm, "partial": partial})


def user(prompt: str) -> dict[str, Any]:
    return {"role": "user", "content": prompt}


def value(text: str, stop: str | None, usage: Any) -> dict[str, Any]:
    tokens = {"input": usage.prompt_tokens, "output": usage.completion_tokens} if usage else None
    return {"content": [{"text": text}], "stop_reason": stop, "usage": tokens}


def create(line: str, prompt: str, reply: dict[str, Any]) -> None:
    response = completion(line)(messages=[user(prompt)])
    [choice] = response.choices
    reply["value"] = value(choice.message.content, choice.finish_reason, response.usage)


def stream(line: str, prompt: str, reply: dict[str, Any]) -> None:
    stop = usage = None
    for chunk in completion(line)(messages=[user(prompt)], stream=True, stream_options={"include_usage": True}):
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices:
            reply["deltas"] += [choice.delta.content] if choice.delta.content else []
            stop = choice.finish_reason or stop
    reply["value"] = value("".join(reply["deltas"]), stop, usage)


def tool(line: str, prompt: str, reply: dict[str, Any]) -> None:
    complete, messages = partial(completion(line), tools=[WEATHER]), [user(prompt)]
    asked = complete(messages=messages).choices[0].message
    [call] = asked.tool_calls
    messages += [asked, {"role": "tool", "tool_call_id": call.id, "content": "Rain."}]
    response = complete(messages=messages)
    [choice] = response.choices
    arguments = json.loads(call.function.arguments)
    reply["value"] = value(choice.message.content, choice.finish_reason, response.usage) | {"arguments": arguments}


if __name__ == "__main__":
    program.run({"create": create, "stream": stream, "tool": tool})
