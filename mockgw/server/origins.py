"""Origins: which web pages may talk to this server, and what their browsers need to hear."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from mockgw.protocol.errors import ApiError
from mockgw.server.listening import LOOPBACK


def check(headers: Mapping[str, str], allowed: str) -> None:
    """The gateway's 400 (CORS) for a page from elsewhere."""
    origin = headers.get("origin")
    if origin is not None and not _is_allowed(origin, allowed):
        message = (
            f"CORS: the origin {origin!r} may not use this server; only pages from localhost may (--cors any lets all)"
        )
        raise ApiError(400, message, kind="cors")


def answer_headers(headers: Mapping[str, str], allowed: str) -> dict[str, str]:
    """What a browser needs in order to show an answer to its page."""
    origin = headers.get("origin")
    if origin is None or not _is_allowed(origin, allowed):
        return {}
    return {"access-control-allow-origin": origin, "access-control-expose-headers": "*", "vary": "Origin"}


def preflight_headers(headers: Mapping[str, str], allowed: str, methods: str) -> dict[str, str]:
    """The answer to `OPTIONS`: what a page may send."""
    wanted = headers.get("access-control-request-headers", "*")
    may = {
        "access-control-allow-methods": methods,
        "access-control-allow-headers": wanted,
        "access-control-max-age": "600",
    }
    cors = answer_headers(headers, allowed)
    return {"allow": methods, "content-length": "0", **cors, **(may if cors else {})}


def _is_allowed(origin: str, allowed: str) -> bool:
    if allowed == "any":
        return True
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and "@" not in parts.netloc and parts.hostname in LOOPBACK
    except ValueError:
        return False
