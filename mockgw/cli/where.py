"""Where: the server that a command asks, as people name it - a URL, a host with a port, a port."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import click

from mockgw.server.listening import url
from mockgw.settings import DEFAULT_PORT

NAMED = re.compile(
    r"(?P<scheme>https?://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/?#\[\]@]*)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^\s?#]*)?([?#].*)?"
)
SESSION = re.compile(r"/s/([^/]+)(/v1)?/?")
OWN = re.compile(r"(/v1)?/?|/_mockgw(/.*)?")
EXPECTED = "expected a port, a host with a port, or a URL such as http://127.0.0.1:6625"


@dataclass(frozen=True, slots=True)
class Where:
    """A server, and the session that the URL leads to, if it leads to one."""

    host: str
    port: int
    secure: bool = False
    session: str = ""

    @property
    def url(self) -> str:
        """Its address, for people."""
        return url(self.host, self.port).replace("http", "https" if self.secure else "http", 1)


class WhereType(click.ParamType[Where]):
    """What a person calls a server."""

    name = "where"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Where:
        if isinstance(value, Where):
            return value
        found = NAMED.fullmatch(f":{value}" if value.isdecimal() else value)
        path = (found["path"] or "") if found else ""
        session = SESSION.fullmatch(path)
        if not found or not (session or OWN.fullmatch(path)):
            self.fail(f"{value!r}: {EXPECTED}", param, ctx)
        port = int(found["port"] or _port_of(found["scheme"]))
        if not 0 < port < 65536:
            self.fail(f"{value!r}: a port is a number from 1 to 65535", param, ctx)
        host, secure = found["host"].strip("[]") or "127.0.0.1", found["scheme"] == "https://"
        return Where(host, port, secure, unquote(session[1]) if session else "")


def _port_of(scheme: str | None) -> int:
    return {"http://": 80, "https://": 443}.get(scheme or "", DEFAULT_PORT)
