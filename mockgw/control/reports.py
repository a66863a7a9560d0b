"""Reports: what is answered about the journal, as plain values; they are the JSON of the control API too."""

from datetime import datetime
from typing import Any

from mockgw.control.activities import Activity
from mockgw.values import light
from mockgw.verify.expectations import Expectation, Unused
from mockgw.verify.findings import Finding
from mockgw.verify.unmatched import Unmatched


@light
class Entry:
    """An exchange without its request, as the journal sums it up; durations are in seconds.

    `number` counts the exchanges of this run, `ended` is whether all of the answer has left that will. Exchanges of one
    `conversation` belong together: those of one run of Claude Code, else those that begin with the same message.
    `prompt` is what a person typed last, cut short. `call` is the id of the first try of the same call, `batch` the
    message batch that it is part of with its own id there, `chaos` is whose wish it was if something struck over the
    script, `validation` what was wrong with the request, or with an answer to it, and only noted. `cost` is in dollars;
    null is unknown. `provider` is the one that served, `tried` are all that were tried and what each came to:
    `anthropic:502`.
    """

    number: int
    ended: bool
    conversation: str
    prompt: str
    time: datetime
    request_id: str
    session: str
    method: str
    path: str
    model: str
    scenario: str
    rule: str
    call: str
    attempt: int
    batch: str
    stream: bool
    status: int
    answer: str
    faults: tuple[str, ...]
    chaos: str
    refusal: str
    message: str
    validation: str
    input_tokens: int | None
    output_tokens: int | None
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    cost: str | None
    provider: str
    tried: tuple[str, ...]
    ending: str
    size_bytes: int
    events: int
    first_byte: float | None
    duration: float


@light
class Sent:
    """A request as it came, without its secrets; the body as JSON if it is some, else as text."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@light
class Record(Entry):
    """An exchange with its request."""

    request: Sent


@light
class Exchanges:
    """Exchanges that were asked for, the oldest first, an `Entry` each.

    `count` is how many there are in all, of which `exchanges` are the newest; `evicted` are those that the journal no
    longer has, in these sessions; `last` is the number of its newest, for `since`.
    """

    exchanges: tuple[dict[str, Any], ...]
    count: int
    evicted: int
    last: int


@light
class Counted:
    """How many exchanges there are, and how many more may have been that the journal no longer has."""

    count: int
    evicted: int


@light
class Waited:
    """What became of a wait: whether all came, how many did, and their ids in the order in which they came."""

    came: bool
    count: int
    wanted: int
    matching: tuple[str, ...]
    reason: str
    evicted: int = 0
    last: int = 0


@light
class AllUnmatched:
    """Requests that nothing was scripted for, each with the nearest rule and all that it differs in."""

    unmatched: tuple[Unmatched, ...]
    evicted: int


@light
class AllUnused:
    """Rules that never answered, of the scenarios that requests had to do with; without requests, of the usual one."""

    unused: tuple[Unused, ...]
    evicted: int


@light
class Expectations:
    """What became of each `expect`; `met` is whether all are."""

    met: bool
    expectations: tuple[Expectation, ...]
    evicted: int


@light
class Verdict:
    """What is to be said against a client; `clean` is whether nothing is."""

    clean: bool
    findings: tuple[Finding, ...]
    evicted: int


@light
class Doings:
    """What was done by the control API, the oldest first; `last` is the number of the newest, for `since`."""

    activities: tuple[Activity, ...]
    last: int
