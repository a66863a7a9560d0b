"""Providers: who serves the models of a gateway, and under which conditions."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from mockgw.later import Later
from mockgw.notation import (
    ABOVE_ZERO_SCHEMA,
    TEXT_SCHEMA,
    Boolean,
    Count,
    Duration,
    JsonSchema,
    Number,
    OrShort,
    Text,
    Written,
    read_text,
)
from mockgw.scenario.gateway.models import Prices
from mockgw.scenario.gateway.states import Script

Quantization = Literal["int4", "int8", "fp4", "fp6", "fp8", "fp16", "bf16", "fp32", "unknown"]


def above_zero(value: float) -> float:
    if value <= 0:
        raise ValueError(f"expected a number above 0, found {value:g}")
    return value


Speed = Annotated[Number, AfterValidator(above_zero), WithJsonSchema(ABOVE_ZERO_SCHEMA)]


class Endpoint(Written):
    """One model at one provider."""

    prices: Later[Prices] | None = None
    """What it costs here; what `models` or the catalogue say when absent."""
    throughput: Speed | None = None
    """Tokens a second, by which `sort: throughput` goes."""
    latency: Duration | None = None
    """The time to the first byte, which is waited for, and by which `sort: latency` goes."""
    max_tokens: Count | None = None
    """The most output tokens; who asks for more is not routed here."""
    supports: list[Text] | None = None
    """The parameters that it takes, such as `tools` and `thinking`; all when absent."""
    quantization: Quantization = "unknown"
    """The numbers that the model is made of."""


def read_models(value: Any) -> Any:
    """Names alone are models of which nothing else is said."""
    if isinstance(value, dict):
        return value
    return {read_text(name): {} for name in (value if isinstance(value, list) else [value])}


NAMES_SCHEMA: JsonSchema = {"anyOf": [TEXT_SCHEMA, {"type": "array", "minItems": 1, "items": TEXT_SCHEMA}]}
Hosted = Annotated[dict[str, Later[Endpoint]], Field(min_length=1), BeforeValidator(read_models), OrShort(NAMES_SCHEMA)]


class Provider(Endpoint, Script):
    """One provider; what is said of its models holds for all of them."""

    models: Hosted | None = None
    """The models that it has: their names, or what differs from the others for each; all when absent."""
    data_collection: Boolean = False
    """Whether it keeps what it is sent, to train on it."""
    zdr: Boolean = False
    """Whether it keeps nothing at all (zero data retention)."""
