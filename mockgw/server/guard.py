"""Guard: who may use the control API - this machine's programs, no page from elsewhere, else who has the token."""

import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockgw.settings import Settings
from mockgw.values import light
from mockgw.wording import shortened

WILDCARDS = frozenset({"", "0.0.0.0", "::"})
OWN_SITE = frozenset({"same-origin", "none"})
TOKEN_HEADER = "x-mockgw-token"
TOKEN_BYTES = 24
WIDEST = 60
DEFAULT_PORTS = {"http": "80", "https": "443"}

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::(?P<port>\d{1,5}))?", re.IGNORECASE)


class Denied(Exception):
    """A request that is turned away: its status, why, and a word for it."""

    def __init__(self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.kind, self.message = status, kind, message
        self.headers = dict(headers or {})
        super().__init__(message)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_for(settings: Settings) -> str:
    """The token that is asked for: the one that was set, else a new one where others than this machine can ask."""
    return settings.token or ("" if is_loopback(settings.host) else new_token())


@light
class Guard:
    """Looks at the headers of a request, which are in lower case."""

    host: str
    hosts: tuple[str, ...]
    token: str

    def check(self, headers: Mapping[str, str], *, without_token: bool = False) -> None:
        """403 for a name or an origin that is not known, 401 without the token."""
        self._check_host(headers.get("host", ""))
        self._check_site(headers)
        if self.token and not without_token:
            self._check_token(headers)

    def _check_host(self, host: str) -> None:
        """A page that was made to look like this machine (DNS rebinding) still gives its own name here."""
        found = _HOST.fullmatch(host.strip())
        name = (found["six"] or found["name"]).lower().removesuffix(".") if found else ""
        if name and self._is_known(name):
            return
        shown = shortened(host, WIDEST)
        advice = f"start mockgw with --allow-host {name} (or MOCKGW_ALLOW_HOST)" if name else "a Host header names it"
        raise Denied(403, "host", f"the control API is not called by the name {shown!r}; if it is yours, {advice}")

    def _is_known(self, name: str) -> bool:
        if is_loopback(name) or name == self.host.lower() or name in self.hosts:
            return True
        return self.host in WILDCARDS and _address(name) is not None  # no address can be made to lead elsewhere

    def _check_site(self, headers: Mapping[str, str]) -> None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        foreign = origin is not None and not _is_same(origin, headers["host"].strip().lower())
        if foreign or (site is not None and site.strip().lower() not in OWN_SITE):
            who = shortened(origin or "another site", WIDEST)
            told = "the control API answers no web page but its own"
            raise Denied(403, "origin", f"{told}; this request comes from {who!r}")

    def _check_token(self, headers: Mapping[str, str]) -> None:
        sent = headers.get(TOKEN_HEADER, "").strip() or _bearer(headers.get("authorization", ""))
        if hmac.compare_digest(sent.encode(), self.token.encode()):
            return
        found = "the token that was sent is another one" if sent else "no token was sent"
        how = f"send it as 'authorization: Bearer …' or '{TOKEN_HEADER}: …'"
        where = "it is the value of MOCKGW_TOKEN, or was printed when mockgw started"
        raise Denied(
            401,
            "token",
            f"the control API wants its token, and {found}; {how}; {where}",
            {"www-authenticate": "Bearer"},
        )


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_same(origin: str, host: str) -> bool:
    """Whether a page comes from where it asks."""
    try:
        parts = urlsplit(origin.strip().lower())
    except ValueError:
        return False
    default = DEFAULT_PORTS.get(parts.scheme)
    return default is not None and _with_port(parts.netloc, default) == _with_port(host, default)


def _with_port(authority: str, default: str) -> str:
    return authority if re.search(r":\d+$", authority) else f"{authority}:{default}"


def _bearer(value: str) -> str:
    scheme, _, token = value.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
