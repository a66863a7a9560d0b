"""Levels: how strictly requests are checked, and whether what is found is told or only noted."""

from collections.abc import Callable, Mapping
from typing import Any

from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest, check_count

Read = Callable[[Any], MessagesRequest]


def checked(
    level: str, body: Any, headers: Mapping[str, str], dialect: Dialect, read: Read, seed: int
) -> tuple[MessagesRequest, str]:
    """The request, and what was found and not told; ApiError for what is told. See `Subject` for the rest."""
    kind, _, report = level.partition("-")
    try:
        if kind == "strict":
            from mockgw.validation import strict, subject  # all that it needs is imported when somebody wants it

            strict.check(subject.Subject(body, headers, dialect, read is check_count, seed))
        return read(body), ""
    except ApiError as error:
        if kind != "off" and not report:
            raise
        from mockgw.validation import salvage  # as above

        return salvage.readable(body, read), "" if kind == "off" else error.message
