"""Limits: how much a key may ask, of each class of models."""

from typing import Literal

from pydantic import Field

from mockgw.later import Later
from mockgw.notation import Boolean, Count, Share, Written
from mockgw.scenario.gateway.amounts import RateForm

ModelClass = Literal["haiku", "sonnet", "opus", "fable", "mythos", "other"]


class ClassLimits(Written):
    """Token buckets: full at first, and filled up again all the time."""

    requests: RateForm | None = None
    """Requests, whatever becomes of them."""
    tokens: RateForm | None = None
    """Input and output together."""
    input_tokens: RateForm | None = None
    """Input; what is read from the cache does not count."""
    output_tokens: RateForm | None = None
    """Output: a request may begin while some are left, and takes what its answer has."""
    concurrent: Count | None = None
    """Requests at the same time."""


class Limits(ClassLimits):
    """Limits of each key, for each class of models by itself."""

    models: dict[ModelClass, Later[ClassLimits]] = Field(default_factory=dict)
    """Limits of one class of models instead of these, key by key."""


class Window(Written):
    """A window of time that begins with its first request and ends at once."""

    tokens: Count
    """How many it takes, input (but for cache reads) and output."""
    used: Share = 0.0
    """The share of it that is used up when a session begins."""


class Subscription(Written):
    """The limits of a subscription, which Claude Code reads: `anthropic-ratelimit-unified-*`."""

    five_hour: Later[Window] | None = None
    """What five hours take."""
    seven_day: Later[Window] | None = None
    """What seven days take."""
    warning: Share = 0.8
    """From this share on, answers say `allowed_warning`."""
    overage: Boolean = False
    """Whether more than that is let through, and said to be overage."""
