"""Settings: what a run is started with."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

DEFAULT_PORT = 6625  # M-O-C-K on the keys of a telephone
SESSION_AGE = 24 * 3600.0
Level = Literal["off", "schema", "schema-report", "strict", "strict-report"]
LEVELS: tuple[str, ...] = get_args(Level)


HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|[0-9A-Fa-f:.]+")


def is_host(name: str) -> bool:
    """Whether a Host header can name something so."""
    return HOST.fullmatch(name) is not None


def is_token(text: str) -> bool:
    """Whether a header can carry it."""
    return all("!" <= sign <= "~" for sign in text)


@dataclass(frozen=True, slots=True)
class Settings:
    """Flags over environment over these defaults, read once.

    `time_scale` scales the waits that mockgw makes; `chaos` is what strikes at random in every scenario.
    `gateway` is the file of the gateway that is mocked where a scenario has no section of its own.
    `session_age` is for how many seconds a session is kept that nobody uses. `hosts` are names by which the control
    API may be called beside this machine's own, `token` is what it asks for, if anything. `validate` is how strictly
    requests are checked.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    seed: int = 0
    time_scale: float = 1.0
    dialect: str = "siraya"
    cors: Literal["loopback", "any"] = "loopback"
    chaos: str = ""
    validate: Level = "schema"
    session_age: float = SESSION_AGE
    gateway: Path | None = None
    hosts: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
