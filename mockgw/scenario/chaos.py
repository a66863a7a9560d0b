"""Chaos: what strikes answers at random, or on demand, whatever the rules say."""

from collections.abc import Iterable
from typing import Any

import orjson
from pydantic import ConfigDict, Field, ValidationError, model_validator

from mockgw.delivery.faults import NAMES, Faults
from mockgw.delivery.faults.base import Fault
from mockgw.delivery.pacing import Delay
from mockgw.later import Later
from mockgw.notation import JsonSchema, Share, Written, exclusive_schemas
from mockgw.protocol.scripted import AnyError
from mockgw.scenario import slips
from mockgw.scenario.document import Document, Path
from mockgw.scenario.nodes import Failure, has_template
from mockgw.scenario.options import Options
from mockgw.scenario.patterns import AnyPattern, Match
from mockgw.scenario.written import written
from mockgw.values import light

KINDS = ("error", "fault", "delay")
NONE = "none"
FLAG = "--chaos"
HEADER = "x-mockgw-fault"
EXAMPLE = "error:429=0.1,connection_reset_by_peer=0.02,delay:2s=0.1"
FORCED = 'a fault such as truncate, error:429, delay:2s, none, or JSON such as {"type": "truncate", "at": {"event": 5}}'


def kinds_schema() -> JsonSchema:
    """Exactly one of them, and not a list of no faults."""
    empty = {"required": ["fault"], "properties": {"fault": {"type": "array", "maxItems": 0}}}
    one = {"anyOf": [{"required": [kind]} for kind in KINDS], "dependentSchemas": exclusive_schemas(KINDS)}
    return one | {"not": empty}


class ChaosForm(Written):
    """What strikes at random: exactly one of an error, a fault and a delay."""

    model_config = ConfigDict(json_schema_extra=kinds_schema())

    error: AnyError | None = None
    """An error instead of the answer: a status, a type, or a mapping."""
    fault: Faults = ()
    """A fault in the answer, or several, where they can happen."""
    delay: Delay | None = None
    """A delay before the answer."""
    rate: Share = 1.0
    """How often it strikes: a share of the tries."""
    match: Later[Match] = Field(default_factory=Match.model_construct)
    """Which requests it may strike; all when absent."""

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: Any) -> Any:
        found = [key for key in value if key in KINDS] if isinstance(value, dict) else []
        if isinstance(value, dict) and len(found) != 1:
            raise ValueError(f"expected exactly one of error, fault and delay; found {' and '.join(found) or 'none'}")
        return value

    @model_validator(mode="after")
    def _some_fault(self) -> "ChaosForm":
        if "fault" in self.model_fields_set and not self.fault:
            raise ValueError("expected at least one fault, found an empty list")
        return self


@light
class Chaos:
    """One thing that may strike. `name` stands in the log; `origin` is the place that wants it."""

    name: str
    origin: str
    path: Path
    patterns: tuple[AnyPattern, ...]
    rate: float = 1.0
    error: Failure | None = None
    faults: tuple[Fault, ...] = ()
    delay: Delay | None = None


class NoChaos(ValueError):
    """Text that names nothing which could strike; the message says why."""


def of_scenario(forms: Iterable[ChaosForm], document: Document) -> tuple[Chaos, ...]:
    """What a file says."""
    return tuple(_built(form, ("chaos", index), document) for index, form in enumerate(forms))


def of_flag(text: str) -> tuple[Chaos, ...]:
    """What a flag says, such as `error:429=0.1,connection_reset_by_peer=0.02`; NoChaos if it cannot be read."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_rated(part, (FLAG, index)) for index, part in enumerate(parts))


def of_header(text: str) -> Chaos | None:
    """What a request wants to be struck by; None if by nothing. NoChaos if it cannot be read."""
    if text.strip() == NONE:
        return None
    value = _json(text) if text.lstrip().startswith(("{", "[")) else None
    if value is None:
        form = _named(text.strip(), FORCED)
    else:
        whole = isinstance(value, dict) and "type" not in value and any(kind in value for kind in KINDS)
        form = _form(value if whole else {"fault": value}, text)
    return _built(form, (HEADER,), None)


def _built(form: ChaosForm, path: Path, document: Document | None) -> Chaos:
    origin = document.spot(path) if document else str(path[0])
    error = Failure(form.error, Options(), has_template(form.error), path) if form.error else None
    return Chaos(_name(form), origin, path, form.match.patterns(), form.rate, error, form.fault, form.delay)


def _name(form: ChaosForm) -> str:
    if form.error is not None:
        return f"error:{form.error.type if form.error.status is None else form.error.status}"
    return ", ".join(fault.type for fault in form.fault) or "delay"


def _rated(part: str, path: Path) -> Chaos:
    what, sign, rate = part.rpartition("=")
    if not sign:
        raise NoChaos(f"{part!r} does not say how often; write {part}=0.1 (a share from 0 to 1), as in {EXAMPLE}")
    form = _named(what.strip(), f"what strikes, as in {EXAMPLE}")
    return _built(_form(form.model_dump(exclude_unset=True, by_alias=True) | {"rate": written(rate)}, part), path, None)


def _named(text: str, expected: str) -> ChaosForm:
    """`error:429`, `delay:2s` or the name of a fault."""
    kind, colon, value = text.partition(":")
    if colon and kind in ("error", "delay"):
        return _form({kind: written(value.strip())}, text)
    if text not in NAMES:
        hint = slips.fault_meant(text, [*NAMES, "error:429", "delay:2s"]) or f"; expected {expected}"
        raise NoChaos(f"unknown fault {text!r}{hint}")
    return _form({"fault": text}, text)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NoChaos(f"{text!r} is not JSON: {error}") from None


def _form(value: dict[str, Any], text: str) -> ChaosForm:
    try:
        return ChaosForm.model_validate(value)
    except ValidationError as error:
        raise NoChaos(f"{text!r} cannot be read: {slips.told(error.errors()[0])}") from None
