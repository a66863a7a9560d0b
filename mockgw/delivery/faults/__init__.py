"""Faults: one class each; its fields are its options, `apply` is what it does to an answer."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

from mockgw.delivery.actions import Action, needs_socket
from mockgw.delivery.faults.base import CannotStrike, Fault, HasEnded, Scene
from mockgw.delivery.faults.connection import ConnectionReset, EmptyResponse, MalformedChunk, RandomData
from mockgw.delivery.faults.marks import Mark, marked
from mockgw.delivery.faults.response import ContentLengthMismatch, ErrorBody200, HtmlErrorPage, WrongContentType
from mockgw.delivery.faults.shaping import Bandwidth, Latency, LimitData, Slicer, SlowClose, Timeout
from mockgw.delivery.faults.stream import (
    DropEvent,
    DuplicateEvent,
    ErrorEvent,
    MalformedSse,
    ReorderEvents,
    Stall,
    Truncate,
)
from mockgw.later import ByType
from mockgw.notation import OneOrList, OrShort, listed

OfConnection = EmptyResponse | ConnectionReset | RandomData | MalformedChunk
OfShaping = Timeout | SlowClose | LimitData | Bandwidth | Slicer | Latency
OfStream = ErrorEvent | Truncate | Stall | MalformedSse | DropEvent | DuplicateEvent | ReorderEvents
OfResponse = HtmlErrorPage | WrongContentType | ContentLengthMismatch | ErrorBody200
AnyFault = OfConnection | OfShaping | OfStream | OfResponse


def read_fault(value: Any) -> Any:
    """A name stands for the fault with its default options."""
    return {"type": value} if isinstance(value, str) else value


def name_of(fault: type[Fault]) -> str:
    """What people write for a fault."""
    [name] = get_args(fault.model_fields["type"].annotation)
    return str(name)


def needs_options(fault: type[Fault]) -> bool:
    """Whether its name alone does not say enough."""
    return any(field.is_required() for name, field in fault.model_fields.items() if name != "type")


# The faults by what they are about, as people meet them in the manual.
GROUPS: dict[str, tuple[type[Fault], ...]] = {
    "connection": get_args(OfConnection),
    "shaping": get_args(OfShaping),
    "stream": get_args(OfStream),
    "response": get_args(OfResponse),
}
NAMES = [name_of(fault) for faults in GROUPS.values() for fault in faults]
ALONE = [name_of(fault) for faults in GROUPS.values() for fault in faults if not needs_options(fault)]
OneFault = Annotated[AnyFault, ByType()]
NamedFault = Annotated[OneFault, BeforeValidator(read_fault), OrShort({"enum": ALONE})]
Faults = Annotated[tuple[NamedFault, ...], BeforeValidator(listed), OneOrList()]


def strike(actions: list[Action], faults: Sequence[Fault], scene: Scene) -> list[Action]:
    """The answer with every fault in it: in their order, each on what those before it have left."""
    return strike_and_mark(actions, faults, scene)[0]


def strike_and_mark(
    actions: list[Action], faults: Sequence[Fault], scene: Scene
) -> tuple[list[Action], tuple[Mark, ...]]:
    """As `strike`, with the places where they have struck."""
    marks: list[Mark] = []
    for index, fault in enumerate(faults):
        before, actions = actions, struck(actions, fault, scene, earlier=faults[:index])
        marks.append(marked(fault.type, before, actions))
    return actions, tuple(marks)


def struck(actions: list[Action], fault: Fault, scene: Scene, *, earlier: Sequence[Fault]) -> list[Action]:
    """The answer with one more fault in it, or CannotStrike."""
    ending = next((one for one in earlier if one.ends()), None)
    if ending is not None and fault.needs_an_answer():
        raise HasEnded(f"{ending.type!r} before it has ended the answer")
    result = fault.apply(actions, scene)
    if not scene.socket and any(map(needs_socket, result)):
        raise CannotStrike(f"this connection is no socket, and {fault.type!r} needs one")
    return result
