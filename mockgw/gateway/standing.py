"""Standing: what a gateway has against a key of its table."""

from datetime import datetime

from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.keys import Key


def check(key: Key | None, dialect: Dialect, *, uses: int, clock: float, wall: datetime) -> Key:
    """The key, or the 401 for its case. `uses` it had so far; `clock` and `wall` are its session's."""
    state = "unknown" if key is None else key.state
    if key is not None and state == "active" and _is_over(key, uses, clock, wall):
        state = "expired"
    if key is None or state != "active":
        raise ApiError(401, dialect.refused_keys[state])
    return key


def _is_over(key: Key, uses: int, clock: float, wall: datetime) -> bool:
    if key.uses is not None and uses >= key.uses:
        return True
    if isinstance(key.expires, datetime):
        return wall >= key.expires
    return key.expires is not None and clock >= key.expires
