"""Paging: the part of a list that a client asked for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockgw.protocol.errors import invalid


def page(
    infos: Sequence[dict[str, Any]], query: Mapping[str, str], *, of: str, invents: bool = False
) -> dict[str, Any]:
    """The part of a list that a client asked for; with both cursors, of what lies between them.

    `of` is what is listed. A cursor that is not in the list is refused, or, where ids are invented, as if it were not
    there.
    """
    size = limit_of(query)
    start, end = (_index(infos, query, param, of, invents=invents) for param in ("after_id", "before_id"))
    window = infos[0 if start is None else start + 1 : end]
    # The SDKs page backwards as soon as there is a before_id, whatever else they send.
    data = list(window[-size:] if query.get("before_id") else window[:size])
    return {
        "data": data,
        "has_more": len(window) > size,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


def limit_of(query: Mapping[str, str]) -> int:
    """How many a page has at most."""
    limit = query.get("limit")
    if limit is None:
        return 20
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", limit):
        raise invalid("limit: Input should be a valid integer, unable to parse string as an integer", "limit")
    if int(limit) < 1:
        raise invalid("limit: Input should be greater than or equal to 1", "limit")
    if int(limit) > 1000:
        raise invalid("limit: Input should be less than or equal to 1000", "limit")
    return int(limit)


def _index(
    infos: Sequence[dict[str, Any]], query: Mapping[str, str], param: str, of: str, *, invents: bool
) -> int | None:
    """Where a cursor stands, if there is one."""
    cursor = query.get(param)
    if not cursor:
        return None
    index = next((index for index, info in enumerate(infos) if info["id"] == cursor), None)
    if index is None and not invents:
        raise invalid(f"{param}: no {of} '{cursor}' in this list; give the first_id or last_id of a page", param)
    return index
