"""Remote: the control API of a server that runs elsewhere, for commands that ask it."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import orjson

from mockgw.cli.healthcheck import UNREACHED, reason
from mockgw.cli.where import Where
from mockgw.errors import MockgwError
from mockgw.log import plain

MOST_BODY = 1_000_000  # bytes that say why not
LONGEST = 1_000  # characters of what a server says
PREFIX = "/_mockgw"
PATIENCE = 5.0  # seconds, to connect
SILENCE = 45.0  # seconds without a byte; a feed has a comment every 15
EVENTS = "text/event-stream"
JSON = "application/json"

Query = Mapping[str, str | int]


class Gone(MockgwError):
    """Nobody answers, or not any more."""


class Refused(MockgwError):
    """The server answers, but not this; `kind` is its word for why."""

    def __init__(self, message: str, kind: str = "") -> None:
        self.kind = kind
        super().__init__(message)


class Event:
    """Something that happened: its kind, and what is told of it."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.kind = kind
        self.data: dict[str, Any] = orjson.loads(data)


class Remote:
    """A running mockgw. Gone when it does not answer, Refused when it does not want to."""

    def __init__(self, where: Where, token: str) -> None:
        self.url = where.url
        self._where = where
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def journal(self, query: Query) -> dict[str, Any]:
        """The exchanges that are asked for, and how many there are."""
        with self._answer("journal", query, JSON) as answer, self._reached():
            found: dict[str, Any] = orjson.loads(answer.read())
            return found

    @contextmanager
    def events(self, query: Query) -> Iterator[Iterator[Event | None]]:
        """What happens from now on; None is told when nothing has for a while. Gone when the server goes."""
        with self._answer("events", query, EVENTS) as answer:
            yield self._read(answer)

    def _read(self, answer: http.client.HTTPResponse) -> Iterator[Event | None]:
        kind, data = "", b""
        for line in self._lines(answer):
            key, _, value = line.partition(b": ")
            if line.startswith(b":"):
                yield None
            elif key == b"event":
                kind = value.decode()
            elif key == b"data":
                data = value
            elif not line and kind:
                yield Event(kind, data)
                kind = ""

    def _lines(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        with suppress(OSError, http.client.HTTPException):
            yield from (line.rstrip(b"\r\n") for line in answer)
        raise Gone(f"{self.url} has gone")

    @contextmanager
    def _answer(self, path: str, query: Query, expected: str) -> Iterator[http.client.HTTPResponse]:
        kind = http.client.HTTPSConnection if self._where.secure else http.client.HTTPConnection
        with closing(kind(self._where.host, self._where.port, timeout=PATIENCE)) as connection:
            with self._reached(PATIENCE):
                connection.connect()
            with self._reached():
                connection.sock.settimeout(SILENCE)
                connection.request("GET", f"{PREFIX}/{path}?{urlencode(query)}", headers=self._headers)
                answer = connection.getresponse()
                given = answer.getheader("content-type", "").partition(";")[0]
                if answer.status != http.client.OK or given != expected:
                    raise self._refusal(answer.read(MOST_BODY))
            yield answer

    @contextmanager
    def _reached(self, patience: float | None = None) -> Iterator[None]:
        """Whatever goes wrong on the way is told in one line."""
        try:
            yield
        except UNREACHED as error:
            raise Gone(f"no answer at {self.url}: {reason(error, patience or SILENCE)}") from None
        except (http.client.HTTPException, orjson.JSONDecodeError):
            raise self._stranger() from None

    def _refusal(self, body: bytes) -> Refused:
        try:
            error = orjson.loads(body)["error"]
            kind, message = error["kind"], error["message"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return self._stranger()
        return Refused(
            self._without_token() if kind == "token" else f"{self.url}: {plain(str(message), LONGEST)}", kind
        )

    def _without_token(self) -> str:
        found = "another one was given" if self._headers else "none was given"
        how = "it is the server's MOCKGW_TOKEN, or was printed when it started"
        return f"{self.url} wants its token, and {found}; give it by --token or MOCKGW_TOKEN: {how}"

    def _stranger(self) -> Refused:
        return Refused(f"what answers at {self.url} is not mockgw")
