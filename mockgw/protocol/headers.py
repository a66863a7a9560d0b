"""Headers: what a request carries and what every answer carries."""

from collections.abc import Iterable, Mapping

from mockgw.chance import Chance
from mockgw.protocol.errors import ApiError

Headers = Mapping[str, str]

JSON = "application/json"
SSE = "text/event-stream; charset=utf-8"  # recordings of the live API


def read(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; several of one name are joined by a comma, as HTTP has it."""
    headers: dict[str, str] = {}
    for key, value in raw:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def betas(headers: Headers) -> tuple[str, ...]:
    """The flags of `anthropic-beta`."""
    return tuple(flag for part in headers.get("anthropic-beta", "").split(",") if (flag := part.strip()))


def new_request_id(chance: Chance) -> str:
    """`req_011C…`, 24 characters after the prefix, as the live API's."""
    return "req_011C" + chance.token("request-id", length=20)


def of_stream(request_id: str) -> dict[str, str]:
    # x-accel-buffering keeps proxies between us and the client from holding the stream back.
    return {"content-type": SSE, "cache-control": "no-cache", "x-accel-buffering": "no", "request-id": request_id}


def of_json(request_id: str) -> dict[str, str]:
    return {"content-type": JSON, "request-id": request_id}


def of_error(error: ApiError, request_id: str) -> dict[str, str]:
    """An error's own headers win over the usual ones."""
    usual = of_json(request_id) | {"x-should-retry": str(bool(error.should_retry)).lower()}
    if error.kind:
        usual["x-mockgw-error"] = error.kind
    return usual | {name.lower(): value for name, value in error.headers.items()}
