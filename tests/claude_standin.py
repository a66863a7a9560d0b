"""Claude stand-in: asks what Claude Code would ask first, for documents; the real one is driven in tests/clients."""

import os
import sys
from itertools import pairwise

import anthropic

FLAGS = {"-p", "--model", "--permission-mode", "--allowedTools"}
VARIABLES = ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")


def main(words: list[str]) -> str:
    unknown = {word for word in words if word.startswith("-")} - FLAGS
    missing = [name for name in VARIABLES if name not in os.environ]
    if unknown or missing:
        sys.exit(f"claude: unknown flags {unknown or 'none'}; missing variables {missing or 'none'}")
    options = dict(pairwise(words))
    return asked(options["-p"], options.get("--model", "claude-opus-5-5")) if "-p" in options else ""


def asked(prompt: str, model: str) -> str:
    with anthropic.Anthropic(max_retries=0) as client:
        try:
            message = client.messages.create(
                model=model, max_tokens=1000, messages=[{"role": "user", "content": prompt}]
            )
        except anthropic.APIStatusError as error:
            return f"API Error: {error.status_code} {error.response.json()['error']['message']}"
    return "".join(block.text for block in message.content if block.type == "text")


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
