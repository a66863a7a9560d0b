"""Pydantic AI, as a program."""

import asyncio
from typing import Any

import program  # beside this script
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider


def agent(line: str) -> Any:
    names = {"AnthropicModel": AnthropicModel, "AnthropicProvider": AnthropicProvider}
    return Agent(eval(line, names))


def value(text: str, result: Any) -> dict[str, Any]:
    tokens = {"input": result.usage.input_tokens, "output": result.usage.output_tokens}
    return {"content": [{"text": text}], "stop_reason": result.response.finish_reason, "usage": tokens}


def create(line: str, prompt: str, reply: dict[str, Any]) -> None:
    result = agent(line).run_sync(prompt)
    reply["value"] = value(result.output, result)


def stream(line: str, prompt: str, reply: dict[str, Any]) -> None:
    async def streamed() -> None:
        async with agent(line).run_stream(prompt) as result:
            async for text in result.stream_text(delta=True, debounce_by=None):
                reply["deltas"].append(text)
            reply["value"] = value("".join(reply["deltas"]), result)

    asyncio.run(streamed())


def tool(line: str, prompt: str, reply: dict[str, Any]) -> None:
    calls = []

    def weather(city: str, days: int) -> str:
        """The weather of a city."""
        calls.append({"city": city, "days": days})
        return "Rain."

    equipped = agent(line)
    equipped.tool_plain(weather)
    result = equipped.run_sync(prompt)
    reply["value"] = value(result.output, result) | {"arguments": calls[0]}


if __name__ == "__main__":
    program.run({"create": create, "stream": stream, "tool": tool})
