"""Opened: a request on its way through the pipeline."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockgw.chance import Chance
from mockgw.engine.calls import Call
from mockgw.engine.decide import Decision
from mockgw.engine.state import State
from mockgw.gateway.keys import Account
from mockgw.journal import Exchange
from mockgw.protocol.attachments import Contents
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.requests import Incoming
from mockgw.scenario.model import Scenario
from mockgw.sessions import Session
from mockgw.values import light

if TYPE_CHECKING:
    from mockgw.files import Files
    from mockgw.gateway.caching import Use
    from mockgw.gateway.passage import Passage
    from mockgw.scenario.gateway.terms import Terms


@dataclass(slots=True)
class Opened:
    """A request from its arrival until it is settled; its exchange holds the actions of the answer.

    `terms` are those of its gateway, `passage` its way through them, `use` what it has of the prompt cache, `level` how
    strictly it is checked.
    """

    incoming: Incoming
    exchange: Exchange
    session: Session
    state: State
    chance: Chance
    scenario: Scenario | None = None
    call: Call | None = None
    decision: Decision | None = None
    concluded: bool = False
    terms: "Terms | None" = None
    passage: "Passage | None" = None
    use: "Use | None" = None
    level: str = "schema"

    @property
    def files(self) -> "Files":
        """The files that its session has, and its gateway: `opened.files.find(id)`."""
        return self.session.files(self.terms, self.session.wall(self.exchange.received))

    def has_file(self, id: str) -> bool:
        """Whether messages can name a file."""
        return self.invents or self.find_file(id) is not None

    def find_file(self, id: str) -> Contents | None:
        """What a file is, for rules that ask; None if there is none, or no more."""
        file = self.files.find(id)
        if file is None or file.has_expired(self.session.wall(self.exchange.received)):
            return None
        return Contents(file.filename, file.mime_type, file.size_bytes, file.text or "")

    @property
    def invents(self) -> bool:
        """Whether its gateway knows any id."""
        return self.terms is not None and self.terms.section.unknown_ids == "invent"

    @property
    def bearer_only(self) -> bool:
        """Whether its gateway wants a key as `Authorization: Bearer`, and in no other way."""
        return self.terms is not None and self.terms.section.bearer_only

    @property
    def thinks_as_asked(self) -> bool:
        """Whether its gateway's models think only where a request has them think."""
        return self.terms is not None and self.terms.section.thinking == "as_asked"


@light
class Admitted:
    """What the gateway found out: which scenario answers, whose ways count, who asks."""

    scenario: Scenario
    dialect: Dialect
    account: Account
