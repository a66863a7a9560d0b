"""Activities: what was done to a running server by the control API, and by whom; the newest are kept."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

import orjson

from mockgw.gateway.keys import masked
from mockgw.values import light
from mockgw.wording import counted, shortened

KEPT = 1_000
LONGEST = 500  # characters of what was sent that are kept
LONGEST_ORIGIN = 60
PAGE = "console"  # what the page is called


@light
class Activity:
    """Something that was done: the `operation` by its name in the OpenAPI document, with what (`detail`, as JSON).

    `session` is empty for what concerns all of them. `origin` is `console` for the page, else what the program calls
    itself. `number` counts the activities of this run.
    """

    number: int
    time: datetime
    operation: str
    session: str
    path: str
    detail: str
    origin: str


class Activities:
    """The newest activities; `watchers` hear of each."""

    def __init__(self) -> None:
        self._kept: deque[Activity] = deque(maxlen=KEPT)
        self._numbers = count(1)
        self.watchers: list[Callable[[Activity], None]] = []

    def note(self, time: datetime, operation: str, path: str, *, session: str, value: Any, origin: str) -> None:
        """Something was done."""
        number = next(self._numbers)
        activity = Activity(number, time, operation, session, path, _detail(value), origin)
        self._kept.append(activity)
        for watch in self.watchers:
            watch(activity)

    def of(self, session: str | None, since: int = 0) -> list[Activity]:
        """Those of a session, with those that concern all, or all of them; the oldest first."""
        wanted = (None, "") if session is None else ("", session)
        return [one for one in self._kept if one.number > since and (session is None or one.session in wanted)]

    @property
    def last(self) -> int:
        """The number of the newest; 0 when there is none."""
        return self._kept[-1].number if self._kept else 0


def origin_of(headers: Mapping[str, str]) -> str:
    """Who asks, as far as headers say."""
    if headers.get("sec-fetch-site") == "same-origin":
        return PAGE
    return shortened(headers.get("user-agent", ""), LONGEST_ORIGIN)


def _detail(value: Any) -> str:
    return "" if value is None else shortened(orjson.dumps(_shown(value), default=str).decode(), LONGEST)


def _shown(value: Any) -> Any:
    """What was sent, without keys; of a text of YAML only how long it is, since there may be some in it."""
    match value:
        case {"yaml": str(text)}:
            return {"yaml": counted(len(text.splitlines()), "line")}
        case dict():
            return {key: _part(key, part) for key, part in value.items()}
        case list():
            return [_shown(part) for part in value]
    return value


def _part(key: str, value: Any) -> Any:
    if key == "key" and isinstance(value, str):
        return masked(value)
    if key == "keys" and isinstance(value, dict):
        return {masked(name): part for name, part in value.items()}
    return _shown(value)
