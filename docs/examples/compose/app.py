"""What is tested: a summary that is whole, or none."""

import anthropic


class NoSummary(Exception):
    """There is no summary, and why."""


def summary(text: str) -> str:
    """The summary of a text."""
    question = f"Summarize: {text}"
    try:
        with anthropic.Anthropic().messages.stream(
            model="claude-opus-5-5", max_tokens=1000, messages=[{"role": "user", "content": question}]
        ) as stream:
            message = stream.get_final_message()
    except anthropic.APIError as error:
        raise NoSummary(str(error)) from error
    if not message.stop_reason:
        raise NoSummary("it ends too early")
    return "".join(block.text for block in message.content if block.type == "text")
