"""Reading: what the journal has of a session, as it is now."""

import asyncio
from dataclasses import replace

from mockgw.journal import Exchange, Journal
from mockgw.testing.hosts import Host

TURNS = 50  # of the event loop; an answer whose last bytes have left needs about ten to come to its end

Read = tuple[list[Exchange], int]
"""Exchanges, and how many are not known any more."""


def journal_of(host: Host, session: str) -> Read:
    """The exchanges of a session. Who has all of an answer finds it ended, though the server may be a little behind."""
    journal = host.pipeline.journal
    if host.is_here:
        return _read(journal, session)
    return host.result(host.submit(_soon(journal, session)))


async def _soon(journal: Journal, session: str) -> Read:
    for _ in range(TURNS):
        if not any(one.leaving and not one.has_ended for one in journal.of(session)):
            break
        await asyncio.sleep(0)
    return _read(journal, session)


def _read(journal: Journal, session: str) -> Read:
    return [replace(one) for one in journal.of(session)], journal.evicted(session)
