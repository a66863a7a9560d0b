"""LangChain, as a program."""

from typing import Any

import program  # beside this script
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool as as_tool


def weather(city: str, days: int) -> str:
    """The weather of a city."""
    return "Rain."


def model(line: str) -> Any:
    return eval(line, {"ChatAnthropic": ChatAnthropic})


def value(message: Any) -> dict[str, Any]:
    usage = message.usage_metadata
    return {
        "content": [{"text": message.text}],
        "stop_reason": message.response_metadata.get("stop_reason"),
        "usage": usage and {"input": usage["input_tokens"], "output": usage["output_tokens"]},
    }


def create(line: str, prompt: str, reply: dict[str, Any]) -> None:
    reply["value"] = value(model(line).invoke(prompt))


def stream(line: str, prompt: str, reply: dict[str, Any]) -> None:
    whole: Any = None
    for chunk in model(line).stream(prompt):
        reply["deltas"] += [chunk.text] if chunk.text else []
        whole = chunk if whole is None else whole + chunk
    reply["value"] = value(whole)


def tool(line: str, prompt: str, reply: dict[str, Any]) -> None:
    used = as_tool(weather)
    equipped, messages = model(line).bind_tools([used]), [HumanMessage(prompt)]
    asked = equipped.invoke(messages)
    [call] = asked.tool_calls
    reply["value"] = value(equipped.invoke([*messages, asked, used.invoke(call)])) | {"arguments": call["args"]}


if __name__ == "__main__":
    program.run({"create": create, "stream": stream, "tool": tool})
