"""Standing: what a gateway has against a key of its table."""

from datetime import datetime

from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.keys import Key, State


def check(key: Key | None, dialect: Dialect, *, uses: int, clock: float, wall: datetime) -> Key:
    """The key, or the 401 for its case. `uses` it had so far; `clock` and `wall` are its session's."""
    found = "unknown" if key is None else state(key, uses=uses, clock=clock, wall=wall)
    if key is None or found != "active":
        raise ApiError(401, dialect.refused_keys[found])
    return key


def state(key: Key, *, uses: int, clock: float, wall: datetime) -> State:
    """What a key is by now."""
    return "expired" if key.state == "active" and _is_over(key, uses, clock, wall) else key.state


def _is_over(key: Key, uses: int, clock: float, wall: datetime) -> bool:
    if key.uses is not None and uses >= key.uses:
        return True
    if isinstance(key.expires, datetime):
        return wall >= key.expires
    return key.expires is not None and clock >= key.expires
