"""Invented: plausible objects for ids that nobody knows, where a gateway is told to invent them."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from mockgw.batches import Batch
from mockgw.files import File
from mockgw.opened import Opened
from mockgw.protocol.abilities import EVERYTHING
from mockgw.protocol.models import EPOCH, MILLION, Model, model_info


def model(id: str) -> dict[str, Any]:
    """A model that can do whatever any model can."""
    return model_info(Model(id, id, EPOCH, None, EVERYTHING, MILLION, 128_000))


def ended_batch(id: str, opened: Opened) -> Batch:
    """A batch that has ended, and had no requests."""
    batch = running_batch(id, opened)
    batch.ended = batch.began
    return batch


def running_batch(id: str, opened: Opened) -> Batch:
    """A batch that is as old as its session, and not over yet."""
    return Batch(id, opened.incoming.sent, deque(), began=0.0, created=_beginning(opened), step=0.0)


def file(id: str, opened: Opened) -> File:
    """A text that somebody has uploaded."""
    return File(id, f"{id}.txt", "text/plain", b"This file was invented.", _beginning(opened))


def _beginning(opened: Opened) -> datetime:
    """When the session began, as it has it."""
    return opened.session.wall(opened.exchange.received) - timedelta(seconds=opened.exchange.clock)
