"""Pydantic AI as a program that tests/clients/others/program.py describes."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from anthropic import AsyncAnthropic
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # started as a script

from tests.clients.others import program


def agent(url: str, session: str) -> Agent[None, str]:
    client = AsyncAnthropic(base_url=url, api_key="mock", default_headers={"x-mockgw-session": session})
    return Agent(AnthropicModel("claude-opus-5-5", provider=AnthropicProvider(anthropic_client=client)))


def value(text: str, response: Any, usage: Any) -> dict[str, Any]:
    tokens = {"input": usage.input_tokens, "output": usage.output_tokens}
    return {"content": [{"text": text}], "stop_reason": response.finish_reason, "usage": tokens}


def create(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    result = agent(url, session).run_sync(prompt)
    reply["value"] = value(result.output, result.response, result.usage)


def stream(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    async def streamed() -> None:
        async with agent(url, session).run_stream(prompt) as result:
            async for text in result.stream_text(delta=True, debounce_by=None):
                reply["deltas"].append(text)
            reply["value"] = value("".join(reply["deltas"]), result.response, result.usage)

    asyncio.run(streamed())


def tool(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    equipped, calls = agent(url, session), []

    @equipped.tool_plain
    def weather(city: str, days: int) -> str:
        """The weather of a city."""
        calls.append({"city": city, "days": days})
        return "Rain."

    result = equipped.run_sync(prompt)
    reply["value"] = value(result.output, result.response, result.usage) | {"arguments": calls[0]}


if __name__ == "__main__":
    program.run({"create": create, "stream": stream, "tool": tool})
