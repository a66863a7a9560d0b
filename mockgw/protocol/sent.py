"""Sent: the headers of a request and what they say, found out once for all requests that have the same."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from mockgw.protocol import headers
from mockgw.values import found

REMEMBERED = 256  # heads; one takes a few kB
SECRETS = ("authorization", "x-api-key", "cookie", "proxy-authorization")


class Sent(dict[str, str]):
    """Headers by lower-case name, and what they say. Requests share them: they never change."""

    @found
    def session(self) -> str:
        return self.get("x-mockgw-session", "").strip() or "default"

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
    def shown(self) -> dict[str, str]:
        """The headers as they can be kept."""
        return without_secrets(self)


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
