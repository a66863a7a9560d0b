"""Checking: a request is read as strictly as its gateway wants, or the run; and its answer is held to what it asks."""

from collections.abc import Callable
from functools import partial
from typing import Any

from mockgw.engine.decide import Decision
from mockgw.journal import Journal
from mockgw.opened import Opened
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest, check_count

Check = Callable[[Any], MessagesRequest]


def read(
    opened: Opened, dialect: Dialect, body: Any, check: Check, usual: str, seed: int, journal: Journal
) -> MessagesRequest:
    """The request that a body is; ApiError for what is wrong with it, unless that is only to be noted.

    `check` is what every request has to pass, `usual` the level of the run, `seed` makes its signatures; the journal
    knows what it was answered before.
    """
    terms = opened.terms
    level = opened.level = (terms and terms.section.validation) or usual
    if level == "schema":
        return check(body)
    kind = level.partition("-")[0]
    try:
        if kind == "strict":
            from mockgw.validation import strict, subject  # few runs need all that they need

            own = frozenset(terms.section.models) if terms else frozenset()
            has_file = opened.has_file if dialect.whole_api else bool
            thoughtless = partial(_is_thoughtless, journal, opened.session.name)
            known = subject.Known(seed, own, opened.scenario, thoughtless, has_file)
            strict.check(subject.Subject(body, opened.incoming.sent, dialect, check is check_count, known))
        return check(body)
    except ApiError as error:
        note(opened, error)
        from mockgw.validation import salvage  # as above

        return salvage.readable(body, check)


def compare(opened: Opened, request: MessagesRequest, decision: Decision) -> None:
    """Note where a scripted answer is not the JSON that is asked for: the API would not give such a one."""
    schema = (request.output_config.get("format") or {}).get("schema")
    if isinstance(schema, dict) and opened.level != "off" and not opened.exchange.validation:
        from mockgw.engine import structured  # as above

        opened.exchange.validation = structured.doubt(schema, decision)


def _is_thoughtless(journal: Journal, session: str, call: str) -> bool:
    gave = journal.giver(session, call)
    return gave is not None and not gave.thoughts


def note(opened: Opened, error: ApiError) -> None:
    """Write down what is wrong with a request, if that is all that is wanted; else raise it."""
    if opened.level == "off":
        return
    if not opened.level.endswith("-report"):
        raise error from None
    opened.exchange.validation = opened.exchange.validation or error.message
