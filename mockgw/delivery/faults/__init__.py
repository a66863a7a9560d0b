"""Faults: one class each; its fields are its options, `apply` is what it does to an answer."""

from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

from mockgw.delivery.actions import Action, needs_socket
from mockgw.delivery.faults.base import CannotStrike, Fault, Scene
from mockgw.delivery.faults.connection import ConnectionReset, EmptyResponse, MalformedChunk, RandomData
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
from mockgw.notation import ByType, OneOrList, OrShort, listed

Connection = EmptyResponse | ConnectionReset | RandomData | MalformedChunk
Shaped = Timeout | SlowClose | LimitData | Bandwidth | Slicer | Latency
Streamed = ErrorEvent | Truncate | Stall | MalformedSse | DropEvent | DuplicateEvent | ReorderEvents
Responded = HtmlErrorPage | WrongContentType | ContentLengthMismatch | ErrorBody200
AnyFault = Connection | Shaped | Streamed | Responded


def read_fault(value: Any) -> Any:
    """A name stands for the fault with its default options."""
    return {"type": value} if isinstance(value, str) else value


NAMES = [name for fault in get_args(AnyFault) for name in get_args(fault.model_fields["type"].annotation)]
OneFault = Annotated[AnyFault, ByType()]
NamedFault = Annotated[OneFault, BeforeValidator(read_fault), OrShort({"enum": NAMES})]
Faults = Annotated[tuple[NamedFault, ...], BeforeValidator(listed), OneOrList()]


def strike(actions: list[Action], faults: tuple[Fault, ...], scene: Scene) -> list[Action]:
    """The answer with every fault in it, in their order."""
    for fault in faults:
        actions = fault.apply(actions, scene)
        if not scene.socket and any(map(needs_socket, actions)):
            raise CannotStrike(f"this connection is no socket, and {fault.type!r} needs one")
    return actions
