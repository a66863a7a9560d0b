"""Connection: faults below HTTP. They strike when the first byte is due, if they do not say where."""

from typing import ClassVar, Literal

from mockgw.delivery.actions import Action, Close, Raw, Reset
from mockgw.delivery.faults.base import Fault, Scene, without_length
from mockgw.delivery.places import At

GARBAGE_BYTES = 256


class Breaking(Fault):
    """What the faults of the connection have in common: there is no answer after them."""

    usual_place: ClassVar[At | None] = None

    def ends(self) -> bool:
        return True


class EmptyResponse(Breaking):
    """The connection is closed (FIN): without `at`, no byte comes."""

    type: Literal["empty_response"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Close()]


class ConnectionReset(Breaking):
    """The connection breaks (RST), when what came before has arrived."""

    type: Literal["connection_reset_by_peer"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Reset()]


class RandomData(Breaking):
    """Bytes that are no HTTP, and the connection is closed."""

    type: Literal["random_data_then_close"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        return [*self.place(actions).before, Raw(scene.rng.randbytes(GARBAGE_BYTES)), Close()]


class MalformedChunk(Breaking):
    """A head, bytes instead of a chunk of the body, and the connection is closed."""

    type: Literal["malformed_response_chunk"]

    def apply(self, actions: list[Action], scene: Scene) -> list[Action]:
        arriving = self.place(actions).begun().before
        return [*without_length(arriving), Raw(scene.rng.randbytes(GARBAGE_BYTES)), Close()]
