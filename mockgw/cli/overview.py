"""Overview: what stands in a journal, a line for each request."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockgw.cli.requests import MESSAGES
from mockgw.protocol import conversation
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import check
from mockgw.scenario.context import collapse
from mockgw.wording import shortened

WIDEST = 40  # of a prompt


def overview(records: Mapping[int, Any]) -> Iterator[str]:
    """Number, time, model, scenario/rule, status and prompt of each request for a message."""
    width = len(str(max(records, default=0)))
    for number, record in records.items():
        if isinstance(record, dict) and record.get("path", MESSAGES) == MESSAGES:
            yield "  ".join((f"{number:>{width}}", *_columns(record)))


def _columns(record: Mapping[str, Any]) -> Iterator[str]:
    request = record.get("request", record)
    body = request.get("body", request) if isinstance(request, dict) else {}
    yield _plain(record.get("time", "-"))[:19].replace("T", " ")
    yield _plain(record.get("model") or "-")
    yield _plain("/".join(str(record[key]) for key in ("scenario", "rule") if record.get(key)) or "-")
    yield _plain(record.get("status", "-"))
    yield _plain(_prompt(body))


def _prompt(body: Any) -> str:
    try:
        typed = conversation.read(check(body).messages).prompt
    except ApiError:
        return "-"
    return repr(shortened(collapse(typed), WIDEST)) if typed else "-"


def _plain(value: object) -> str:
    """What a client sent, without anything that could move the cursor."""
    text = shortened(str(value), 2 * WIDEST)
    return text if text.isprintable() else ascii(text)
