"""LangChain as a program that tests/clients/others/program.py describes."""

import sys
from pathlib import Path
from typing import Any

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool as tool_of

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # started as a script

from tests.clients.others import program


@tool_of
def weather(city: str, days: int) -> str:
    """The weather of a city."""
    return "Rain."


def model(url: str, session: str) -> ChatAnthropic:
    headers = {"x-mockgw-session": session}
    return ChatAnthropic(model="claude-opus-5-5", base_url=url, api_key="mock", default_headers=headers)


def value(message: Any) -> dict[str, Any]:
    usage = message.usage_metadata
    return {
        "content": [{"text": message.text}],
        "stop_reason": message.response_metadata.get("stop_reason"),
        "usage": usage and {"input": usage["input_tokens"], "output": usage["output_tokens"]},
    }


def create(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    reply["value"] = value(model(url, session).invoke(prompt))


def stream(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    whole = None
    for chunk in model(url, session).stream(prompt):
        reply["deltas"] += [chunk.text] if chunk.text else []
        whole = chunk if whole is None else whole + chunk
    reply["value"] = value(whole)


def tool(url: str, session: str, prompt: str, reply: dict[str, Any]) -> None:
    equipped = model(url, session).bind_tools([weather])
    messages: list[Any] = [HumanMessage(prompt)]
    asked = equipped.invoke(messages)
    [call] = asked.tool_calls
    messages += [asked, weather.invoke(call)]
    reply["value"] = value(equipped.invoke(messages)) | {"arguments": call["args"]}


if __name__ == "__main__":
    program.run({"create": create, "stream": stream, "tool": tool})
