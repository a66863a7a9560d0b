"""The book of the soak test: what clients saw, beside what the log says of the same request."""

from collections import Counter
from typing import Any

from soak_client import Kind, Seen

# What each fault looks like to a client. One that may leave an answer whole does it whenever nothing else strikes.
LOOKS: dict[str, set[Kind]] = {
    "empty_response": {"lost"},
    "connection_reset_by_peer": {"lost"},
    "random_data_then_close": {"lost"},
    "malformed_response_chunk": {"lost"},
    "timeout": {"lost"},
    "slow_close": {"whole"},
    "limit_data": {"lost"},
    "bandwidth": {"whole"},
    "slicer": {"whole"},
    "latency": {"whole"},
    "error_event": {"error event"},
    "truncate": {"cut"},
    "stall": {"whole", "silent"},
    "malformed_sse": {"garbled"},
    "drop_event": {"garbled"},
    "duplicate_event": {"garbled"},
    "reorder_events": {"garbled"},
    "html_error_page": {"error"},
    "wrong_content_type": {"garbled"},
    "content_length_mismatch": {"lost"},
    "error_body_200": {"garbled"},
}


def problem(seen: Seen, line: dict[str, Any]) -> str:
    """What is wrong with an answer beside the line of its request; nothing if one says what the other does."""
    if seen.kind in looks(seen, line):
        return ""
    told = {key: line[key] for key in ("status", "rule", "answer", "faults", "chaos", "ending", "message") if line[key]}
    return f"{seen.marker}: {seen.wish.rule}: {seen.kind} ({seen.status}), but the log says {told}"


def looks(seen: Seen, line: dict[str, Any]) -> set[Kind]:
    """What an answer may look like when the log has this line."""
    if seen.kind == "left":
        return {"left"}  # what is left early may have been anything
    struck = [LOOKS[name] for name in line["faults"]]
    if line["status"] != 200:
        expected = line["status"] == seen.status and not line["refusal"]
        struck.append({"error"} if expected else set())
    harmless = all("whole" in kinds for kinds in struck) and line["ending"] == "whole"
    return set().union(*struck) - {"whole"} | ({"whole"} if harmless else set())


class Book:
    """What clients saw and what the log says, put together request by request."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.requests = 0
        self.lines = 0
        self.kinds: Counter[str] = Counter()
        self.strikes: Counter[str] = Counter()
        self._seen: dict[str, Seen] = {}
        self._lines: dict[str, dict[str, Any]] = {}

    def see(self, seen: Seen) -> None:
        self.requests += 1
        self.kinds[seen.kind] += 1
        if line := self._lines.pop(seen.marker, None):
            self._compare(seen, line)
        else:
            self._seen[seen.marker] = seen

    def log(self, line: dict[str, Any]) -> None:
        self.lines += 1
        self.strikes.update(line["faults"] or ([line["chaos"].partition(" ")[0]] if line["chaos"] else []))
        if seen := self._seen.pop(line["model"], None):
            self._compare(seen, line)
        else:
            self._lines[line["model"]] = line

    def close(self) -> None:
        """Nothing more will come. Who leaves at once may have asked for nothing that the server has heard."""
        self.problems += [f"{one.marker}: not in the log: {one}" for one in self._seen.values() if one.kind != "left"]
        self.problems += [f"{marker}: in the log, but nobody asked" for marker in self._lines]

    @property
    def open(self) -> int:
        return sum(one.kind != "left" for one in self._seen.values()) + len(self._lines)

    def _compare(self, seen: Seen, line: dict[str, Any]) -> None:
        if found := problem(seen, line):
            self.problems.append(found)
