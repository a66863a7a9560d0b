"""Options: how an answer is given, beside what is said."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from mockgw.delivery.faults import Faults
from mockgw.delivery.pacing import PROFILES, Delay, Pace
from mockgw.later import Elsewhere, Later
from mockgw.notation import IntegerOrTemplate, Text, Written, integer_schema, or_template_schema
from mockgw.protocol.headers import HeaderName
from mockgw.scenario.written import refuse_nulls
from mockgw.suggest import did_you_mean

REST = "mockgw.scenario.outcomes"  # what few answers have, in a module that others need not import


def read_pace(value: Any) -> Any:
    """A profile's name stands for its numbers, and says all of them: nothing is inherited beside it."""
    if not isinstance(value, str):
        refuse_nulls(value)
        return value
    if value not in PROFILES:
        hint = did_you_mean(value, PROFILES)
        raise ValueError(f"unknown pace {value!r}; expected {', '.join(PROFILES)} or a mapping{hint}")
    return Pace.model_construct(_fields_set=set(Pace.model_fields), **dict(PROFILES[value].pace))


def not_negative(value: Any) -> Any:
    if isinstance(value, int) and value < 0:
        raise ValueError(f"expected at least 0, found {value}")
    return value


Tokens = Annotated[
    IntegerOrTemplate, AfterValidator(not_negative), WithJsonSchema(or_template_schema(integer_schema(0)))
]


class UsageForm(Written):
    """Token counts that replace the estimates, and how the request was served."""

    input_tokens: Tokens = None
    """Input that was not cached."""
    output_tokens: Tokens = None
    """Output, thinking included."""
    cache_creation_input_tokens: Tokens = None
    """Input written to the cache."""
    cache_read_input_tokens: Tokens = None
    """Input read from the cache."""
    web_search_requests: Tokens = None
    """Searches of the web; those in the answer when absent."""
    web_fetch_requests: Tokens = None
    """Pages of the web that were fetched; those in the answer when absent."""
    service_tier: Text | None = None
    """The tier that served it; `standard` when absent."""
    inference_geo: Text | None = None
    """Where the model ran; as the request wants it when absent."""
    speed: Text | None = None
    """How fast the model ran; as the request wants it when absent."""


SERVICE = ("service_tier", "inference_geo", "speed")  # how a request was served
REQUESTS = ("web_search_requests", "web_fetch_requests")
COUNTED = tuple(name for name in UsageForm.model_fields if name not in SERVICE)


class Options(Written):
    """How an answer is given; absent ones are derived, estimated or inherited."""

    stop_reason: Text | None = None
    """Why the answer ends; derived when absent."""
    stop_sequence: Text | None = None
    """The stop sequence that was met; derived when absent."""
    stop_details: Annotated[Any, Elsewhere(REST, "StopDetails")] = None
    """Why it was refused: the stop reason is `refusal` then."""
    usage: Later[UsageForm] | None = None
    """Token counts; estimated when absent."""
    model: Text | None = None
    """The model that the answer names."""
    container: Annotated[Any, Elsewhere(REST, "Container")] = None
    """The container in which code was run; made when code is and it is absent."""
    context_management: Annotated[Any, Elsewhere(REST, "ContextManagement")] = None
    """What the API took out of the context; nothing when absent."""
    headers: dict[HeaderName, Text] | None = None
    """Further response headers."""
    delay: Delay | None = None
    """Before the first byte, of errors too."""
    pace: Annotated[Later[Pace], BeforeValidator(read_pace)] | None = None
    """How fast the answer comes: a profile's name or a mapping."""
    fault: Faults = ()
    """What goes wrong on the way: a fault, or several, all in this order."""


class Defaults(Written):
    """Options of every reply that does not set its own; mappings are merged key by key."""

    usage: Later[UsageForm] | None = None
    """Token counts; estimated when absent."""
    headers: dict[HeaderName, Text] | None = None
    """Further response headers."""
    delay: Delay | None = None
    """Before the first byte, of errors too."""
    pace: Annotated[Later[Pace], BeforeValidator(read_pace)] | None = None
    """How fast answers come."""
