"""Wire: each case's exact bytes and how its connection ends. `python -m tests.server.wire.wire` writes them anew."""

import re
import socket
from pathlib import Path
from typing import Any

import orjson
import yaml

from mockgw.pipeline import Pipeline
from mockgw.server.runner import Server
from tests.support import body, live, port_of

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
GOLDEN = HERE / "golden.txt"
ABOUT = "# What arrives in each case of cases.yaml, a line of it on each line, and how the connection ends.\n"
DATE = re.compile(rb"(?i)(?<=\r\ndate: )[^\r]*")
QUIET = 0.05  # seconds without a byte after which a connection is said to be open
OPEN = "open"


def pipeline(**settings: Any) -> Pipeline:
    """Answers the prompt `<case>` with what the case is about."""
    rules = [_rule(name, case) for name, case in CASES.items()]
    return live(orjson.dumps({"rules": rules}).decode(), time_scale=0, **settings)


def _rule(name: str, case: dict[str, Any]) -> dict[str, Any]:
    answer = {"error": case["error"]} if "error" in case else {"text": ["Hel", "lo, ", "wörld", "!"]}
    options: dict[str, Any] = {key: case[key] for key in ("fault", "delay") if key in case}
    return {"id": name, "match": {"prompt": name}, **answer, **options}


def request(name: str) -> bytes:
    """The request of a case, as it goes through the socket."""
    return posted(body(name, stream=CASES[name].get("stream", True)))


def posted(fields: dict[str, Any]) -> bytes:
    """A request with this body."""
    asked = orjson.dumps(fields)
    head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-length: {len(asked)}\r\n\r\n"
    return head.encode() + asked


def received(url: str, sent: bytes, size: int | None = None, quiet: float = QUIET) -> tuple[bytes, str]:
    """What arrives on a connection of its own, and the end; `size` and `quiet` as of `drained`."""
    with socket.create_connection(("127.0.0.1", port_of(url))) as connection:
        connection.sendall(sent)
        return drained(connection, size, quiet)


def drained(connection: socket.socket, size: int | None = None, quiet: float = QUIET) -> tuple[bytes, str]:
    """What arrives, without its date, and the end: FIN, RST, or open: silence for so long after `size` bytes."""
    data = b""
    try:
        while True:
            connection.settimeout(10 if size is None or len(data) < size else quiet)
            piece = connection.recv(30_000)
            if not piece:
                return data, "FIN"
            data = DATE.sub(b"", data + piece)
    except ConnectionResetError:
        return data, "RST"
    except TimeoutError:
        return data, OPEN


def written(data: bytes, end: str) -> str:
    """Bytes and end as they stand in the golden file."""
    lines = data.split(b"\n")
    shown = [line.decode("latin-1").encode("unicode_escape").decode() for line in lines]
    return "".join(f"  {line}\\n\n" for line in shown[:-1]) + (f"  {shown[-1]}\n" if shown[-1] else "") + f"  <{end}>\n"


def golden() -> dict[str, str]:
    """What was written down of each case."""
    parts = GOLDEN.read_text(encoding="utf-8").removeprefix(ABOUT).split("\n== ")[1:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


def main() -> None:
    with Server(pipeline()) as server:
        found = {name: received(server.url, request(name), 0, quiet=1.0) for name in CASES}
    GOLDEN.write_text(ABOUT + "".join(f"\n== {name}\n{written(*one)}" for name, one in found.items()), encoding="utf-8")


if __name__ == "__main__":
    main()
