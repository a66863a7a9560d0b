"""Settings: what a run is started with."""

from typing import Literal, get_args

from mockgw.values import light

DEFAULT_PORT = 6625  # M-O-C-K on the keys of a telephone
SESSION_AGE = 24 * 3600.0
Level = Literal["off", "schema", "schema-report", "strict", "strict-report"]
LEVELS: tuple[str, ...] = get_args(Level)


@light
class Settings:
    """Flags over environment over these defaults, read once.

    `time_scale` scales the waits that mockgw makes; `chaos` is what strikes at random in every scenario.
    `session_age` is for how many seconds a session is kept that nobody uses. `validate` is how strictly requests are
    checked: a `Level`.
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
