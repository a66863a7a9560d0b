"""Gateways: one of each kind, and clients of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic

from mockgw.testing import Gateway, serve
from tests.support import body


@contextmanager
def in_process(*paths: Any, **settings: Any) -> Iterator[Gateway]:
    """A gateway without a port."""
    with serve(*paths, socket=False, **settings) as gateway:
        yield gateway


def client(gateway: Gateway, **options: Any) -> anthropic.Anthropic:
    """The real SDK, led by a transport; without waits between its tries."""
    http = anthropic.DefaultHttpxClient(transport=gateway.transport())
    return anthropic.Anthropic(base_url=gateway.url, api_key="mock", http_client=http, **({"max_retries": 0} | options))


def asked(prompt: str = "Hello", **more: Any) -> dict[str, Any]:
    """What the SDK is to send."""
    return body(prompt, **({"model": "claude-opus-5-5"} | more))


def ask(gateway: Gateway, prompt: str = "Hello", *, retries: int = 0, **more: Any) -> str:
    """The text of the answer, or the name and status of the error."""
    with client(gateway, max_retries=retries) as sdk:
        try:
            message = sdk.messages.create(**asked(prompt, **more))
        except anthropic.APIStatusError as error:
            return f"{error.status_code} {error.response.headers.get('x-mockgw-error', '')}".strip()
        except anthropic.APIConnectionError as error:
            return type(error).__name__
    return "".join(block.text for block in message.content if block.type == "text")
