"""Sent: the headers of a request and what they say, found out once for all requests that have the same."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from mockgw.protocol import headers
from mockgw.values import found

REMEMBERED = 256  # heads, and names; each takes a few kB at most
LONGEST_SESSION_NAME = 100
SESSION_KEY = "mock-"  # and the name of a session: a key is what every client can be given
SECRETS = ("authorization", "x-api-key", "cookie", "proxy-authorization", "x-mockgw-token")


class Shown(dict[str, str]):
    """Headers that can be kept: whoever reads them learns no key."""

    @found
    def size_bytes(self) -> int:
        """About what it takes to keep them."""
        return len("".join((*self, *self.values())))


class Sent(dict[str, str]):
    """Headers by lower-case name, and what they say. Requests share them: they never change."""

    @found
    def session(self) -> str:
        """The session that the header names, else the key."""
        return self.get("x-mockgw-session", "").strip() or _session_of_key(self)

    @found
    def scenario(self) -> str | None:
        """The scenario that the header names."""
        return self.get("x-mockgw-scenario", "").strip() or None

    @found
    def fault(self) -> str | None:
        """What the header says that is to go wrong, or that nothing is."""
        return self.get("x-mockgw-fault", "").strip() or None

    @found
    def telling(self) -> str:
        """What tells these requests from others."""
        return "\x1f".join([self.get(name, "") for name in ("x-mockgw-scenario", "authorization", "x-api-key")])

    @found
    def unknown(self) -> str | None:
        """A header that was meant for us, and that nobody would obey."""
        ours = (name for name in self if name.startswith(headers.OURS))
        return next((name for name in ours if name.removeprefix(headers.OURS) not in headers.OWN), None)

    @found
    def shown(self) -> Shown:
        """The headers as they can be kept."""
        return Shown(without_secrets(self))


def read(lines: Iterable[tuple[bytes, bytes]]) -> Sent:
    """Headers as they come through the socket. A client sends the same again and again."""
    return _read(tuple(lines))


@lru_cache(REMEMBERED)
def _read(lines: tuple[tuple[bytes, bytes], ...]) -> Sent:
    return Sent(headers.read(lines))


def without_secrets(sent: Mapping[str, str]) -> dict[str, str]:
    """Headers that can be kept: whoever reads the journal learns no key."""
    kept = dict(sent)
    for name in SECRETS:
        if name in kept:
            kept[name] = _masked(kept[name])
    return kept


def _masked(value: str) -> str:
    """That there was a secret, and of which kind."""
    if not value:
        return value
    return "Bearer …" if value.lower().startswith("bearer ") else "…"


def _session_of_key(headers: Mapping[str, str]) -> str:
    """What a key such as `mock-checkout` names; any other key is just a key."""
    key = headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-api-key", "")
    name = key.removeprefix(SESSION_KEY)
    return name if name != key and is_session_name(name) else "default"


@lru_cache(REMEMBERED)
def is_session_name(text: str) -> bool:
    """Whether a session can be called so: what fits into one part of a URL, and into one line."""
    return 0 < len(text) <= LONGEST_SESSION_NAME and text.isprintable() and "/" not in text and text not in (".", "..")
