"""Gateway shapes: what is answered about a gateway - keys, money, limits, providers - as plain values."""

from datetime import datetime
from typing import Literal

from mockgw.values import light


@light
class BalanceShown:
    """What a key has, in dollars: `reserved` is what requests under way may cost, `free` the rest."""

    amount: str
    reserved: str
    free: str


@light
class BucketShown:
    """A limit: what is left of so many in so many `seconds`, and when all of it is there again if nobody asks."""

    name: Literal["requests", "tokens", "input_tokens", "output_tokens"]
    limit: int
    seconds: int
    left: int
    full_in: float
    full: datetime


@light
class LimitsShown:
    """What a key has left for one class of models; `running` are its requests under way, of `concurrent` at most."""

    models: str
    running: int
    concurrent: int | None
    buckets: tuple[BucketShown, ...]


@light
class WindowShown:
    """A window of a subscription: how many of its tokens are used, and when it ends."""

    name: Literal["five_hour", "seven_day"]
    tokens: int
    used: int
    ends_in: float
    ends: datetime


@light
class KeyShown:
    """A key, masked, and what it has. Limits are those of the classes of models that it has asked for."""

    key: str
    state: Literal["active", "disabled", "expired", "session_expired"]
    uses: int
    balance: BalanceShown | None
    limits: tuple[LimitsShown, ...]
    windows: tuple[WindowShown, ...]


@light
class ProviderShown:
    """A provider and its state: since when, until when if time ends it, and for how many tries more.

    `status` is that of the state `error`. `by_hand` is whether the state was set here, `failed_lately` whether others
    come before it for a while.
    """

    provider: str
    state: Literal["up", "slow", "down", "error", "hang", "invalid", "break"]
    status: int | None
    by_hand: bool
    since: datetime
    ends_in: float | None
    ends: datetime | None
    left: int | None
    tried: int
    served: int
    failed_lately: bool


@light
class GatewayShown:
    """One gateway of a session: the scenarios that have it, its keys, and those that were used, and its providers."""

    scenarios: tuple[str, ...]
    keys: tuple[KeyShown, ...]
    providers: tuple[ProviderShown, ...]


@light
class GatewaysShown:
    """The gateways of a session: scenarios with the same section share one. Times are those of the session's clock."""

    gateways: tuple[GatewayShown, ...]
