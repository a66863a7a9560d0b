"""Preferences: the `provider` of a request - what each of its fields must be, and what they ask for.

Sources: docs.siraya.ai/docs/routing-and-gateway/inference-provider-routing for `sort` and `allow_fallbacks`,
https://openrouter.ai/docs/features/provider-routing for the others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from mockgw.protocol.rules import (
    Fields,
    Mismatch,
    Optional,
    array,
    boolean,
    literal,
    nullable,
    record,
    string,
)
from mockgw.protocol.wordings import said
from mockgw.values import light

QUANTIZATIONS = ("int4", "int8", "fp4", "fp6", "fp8", "fp16", "bf16", "fp32", "unknown")
DOLLARS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?")

PRICED = ("prompt", "completion", "request", "image")

BY = literal("price", "throughput", "latency")
SORTED = record({"by": Optional(nullable(BY)), "partition": Optional(nullable(literal("model", "none")))})
SLUGS = array(string())


def sort(value: Any) -> None:
    """A criterion, or a mapping with it."""
    if type(value) is dict:
        SORTED(value)
    elif type(value) is str:
        BY(value)
    else:
        raise Mismatch(said("string"))


def price(value: Any) -> None:
    """Dollars, as a number or as text."""
    if type(value) is str:
        if not DOLLARS.fullmatch(value):
            raise Mismatch(said("number"))
    elif type(value) not in (int, float):
        raise Mismatch(said("number"))
    elif value < 0:
        raise Mismatch(said("least_field", least=0))


FIELDS: Fields = {
    "sort": Optional(nullable(sort)),
    "allow_fallbacks": Optional(nullable(boolean)),
    "order": Optional(nullable(SLUGS)),
    "only": Optional(nullable(SLUGS)),
    "ignore": Optional(nullable(SLUGS)),
    "require_parameters": Optional(nullable(boolean)),
    "data_collection": Optional(nullable(literal("allow", "deny"))),
    "zdr": Optional(nullable(boolean)),
    "quantizations": Optional(nullable(array(literal(*QUANTIZATIONS)))),
    "max_price": Optional(nullable(record({name: Optional(nullable(price)) for name in PRICED}))),
}
PROVIDER = nullable(record(FIELDS))
CLOSED_PROVIDER = nullable(record(FIELDS, closed=True))


def extra_body(value: Any) -> None:
    """What some clients send as it stands in their code; its `provider` counts."""
    if type(value) is dict and "provider" in value:
        try:
            PROVIDER(value["provider"])
        except Mismatch as mismatch:
            raise mismatch.under("provider") from None


@light
class Preferences:
    """Which providers a request wants, and in which order; `max_price` in dollars for a million tokens."""

    sort: str = ""
    allow_fallbacks: bool = True
    order: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    require_parameters: bool = False
    deny_collection: bool = False
    zdr: bool = False
    quantizations: tuple[str, ...] = ()
    max_price: Mapping[str, float | str] = field(default_factory=dict)


NONE = Preferences()


def of_body(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `provider` of a request, at its top or else in `extra_body`."""
    own = body.get("provider")
    if own is None and type(extra := body.get("extra_body")) is dict:
        own = extra.get("provider")
    return own or {}


def read(given: Mapping[str, Any]) -> Preferences:
    """What a `provider` that was checked asks for."""
    if not given:
        return NONE
    by, prices = given.get("sort"), given.get("max_price") or {}
    return Preferences(
        sort=(by.get("by") if isinstance(by, dict) else by) or "",
        allow_fallbacks=given.get("allow_fallbacks") is not False,
        order=tuple(given.get("order") or ()),
        only=tuple(given.get("only") or ()),
        ignore=tuple(given.get("ignore") or ()),
        require_parameters=bool(given.get("require_parameters")),
        deny_collection=given.get("data_collection") == "deny",
        zdr=bool(given.get("zdr")),
        quantizations=tuple(given.get("quantizations") or ()),
        max_price={name: most for name in PRICED if (most := prices.get(name)) is not None},
    )


def unknown(given: Mapping[str, Any]) -> Iterator[str]:
    """The keys that have no effect."""
    return (name for name in given if name not in FIELDS)
