"""Checking: a request that was let in is read as strictly as its scenario wants, or the run."""

from collections.abc import Callable
from typing import Any

from mockgw.opened import Admitted, Opened
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest, check_count

Check = Callable[[Any], MessagesRequest]


def read(opened: Opened, admitted: Admitted, body: Any, check: Check, usual: str, seed: int) -> MessagesRequest:
    """The request that a body is; ApiError for what is wrong with it, unless that is only to be noted.

    `check` is what every request has to pass, `usual` the level of the run, `seed` makes its signatures.
    """
    level = admitted.scenario.validation or usual
    if level == "schema":
        return check(body)
    kind, _, report = level.partition("-")
    try:
        if kind == "strict":
            from mockgw.validation import strict, subject  # few runs need all that they need

            strict.check(subject.Subject(body, opened.incoming.sent, admitted.dialect, check is check_count, seed))
        return check(body)
    except ApiError as error:
        if kind != "off" and not report:
            raise
        from mockgw.validation import salvage  # as above

        opened.exchange.validation = error.message if report else ""
        return salvage.readable(body, check)
