"""Answers: what the endpoints beside messages say."""

from collections.abc import Sequence
from typing import Any

import orjson

from mockgw.delivery import plan
from mockgw.delivery.actions import Action
from mockgw.opened import Opened
from mockgw.protocol import headers


def as_json(opened: Opened, name: str, value: Any) -> Sequence[Action]:
    """An object, or a page of them; `name` is what the log calls it."""
    return as_bytes(opened, name, orjson.dumps(value), headers.JSON)


def as_bytes(opened: Opened, name: str, data: bytes, content_type: str) -> Sequence[Action]:
    opened.exchange.status, opened.exchange.answer = 200, name
    head = {**headers.of_json(opened.exchange.request_id), "content-type": content_type}
    return plan.body(200, data, head)
