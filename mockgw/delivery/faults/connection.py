"""Connection: faults below HTTP. They strike before the first byte when they do not say where."""

from typing import ClassVar, Literal

from mockgw.delivery.actions import Action, Close, Raw, Reset
from mockgw.delivery.faults.base import START, Fault, Scene, without_length
from mockgw.delivery.places import At

GARBAGE_BYTES = 256


class EmptyResponse(Fault):
    """The connection is closed (FIN): without `at`, no byte comes."""

    usual_place: ClassVar[At] = START
    type: Literal["empty_response"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Close()]


class ConnectionReset(Fault):
    """The connection breaks (RST), when what came before has arrived."""

    usual_place: ClassVar[At] = START
    type: Literal["connection_reset_by_peer"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Reset()]


class RandomData(Fault):
    """Bytes that are no HTTP, and the connection is closed."""

    usual_place: ClassVar[At] = START
    type: Literal["random_data_then_close"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Raw(scene.rng.randbytes(GARBAGE_BYTES)), Close()]


class MalformedChunk(Fault):
    """A head, bytes instead of a chunk of the body, and the connection is closed."""

    usual_place: ClassVar[At] = START
    type: Literal["malformed_response_chunk"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        arriving = self.place(actions).begun().before
        return [*without_length(arriving), Raw(scene.rng.randbytes(GARBAGE_BYTES)), Close()]
