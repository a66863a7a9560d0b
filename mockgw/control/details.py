"""Details: what is shown of one exchange, as plain values; they are the JSON of the control API too."""

from typing import Any, Literal

from mockgw.values import light

PointKind = Literal["head", "event", "ping", "bytes", "fault", "end"]


@light
class AnswerShown:
    """What a client was sent: `body` as text, the bytes that have left only; `left_out` of them are not shown.

    `planned_bytes` are those of the whole answer. `status` is 0 when the connection broke before there was a head.
    """

    request_id: str
    ended: bool
    ending: str
    status: int
    headers: dict[str, str]
    body: str
    size_bytes: int
    planned_bytes: int
    left_out: int


@light
class Point:
    """One thing of an answer, and when: as planned, and as it was; both in seconds from the request's arrival.

    head   the status line and the headers; `text` is the status
    event  an event of a stream, called `name`; `text` is what it says: of a delta its text, of a block its type
    ping   an event that says nothing; one that nobody planned is a sign of life of an answer that hangs
    bytes  a part of the body, or of an event that a fault has cut; `name` is that of an event that begins with it
    fault  where the fault `name` has struck
    end    how it ended; `name` is `whole`, `closed`, `reset`, `left` or `stopped`, empty while it is under way

    `block` is the index of the content block. `planned` is null for what nobody planned, `real` for what has not
    happened.
    """

    kind: PointKind
    name: str
    text: str
    block: int | None
    size_bytes: int
    planned: float | None
    real: float | None


@light
class Timeline:
    """An answer in time: `points` in their order, of which `left_out` more are not shown.

    Planned times have the time scale in them. What was sent at one moment has one `real`.
    """

    request_id: str
    ended: bool
    ending: str
    stream: bool
    time_scale: float
    first_byte: float | None
    duration: float | None
    planned_duration: float | None
    points: tuple[Point, ...]
    left_out: int


@light
class Part:
    """One part of a message, of this `kind`.

    typed        what a person typed
    reminder     a `<system-reminder>`, or a system message in mid-conversation
    note         what the client itself has put there; `name` is its tag
    text         what the assistant said
    thinking     what it thought; empty if it is not shown
    tool_use     a call of the tool `name`, with its `input`; `id` tells it from others
    tool_result  what came of the call `id` of the tool `name`
    image, document  what was attached; `name` is its title or its type
    other        any other block; `name` is its type, `input` all of it

    `left_out` characters of a long text are not shown.
    """

    kind: Literal[
        "typed", "reminder", "note", "text", "thinking", "tool_use", "tool_result", "image", "document", "other"
    ]
    text: str = ""
    name: str = ""
    id: str = ""
    input: Any = None
    is_error: bool = False
    left_out: int = 0


@light
class Turn:
    """A message of the transcript."""

    role: str
    parts: tuple[Part, ...]


@light
class ToolShown:
    """A tool that the client offers."""

    name: str
    description: str


@light
class Answered:
    """What came of the answer: its parts as far as they have left, or an error.

    `whole` is whether the client has all of the message, `usage` is what the stream or the body said.
    """

    status: int
    whole: bool
    parts: tuple[Part, ...]
    stop_reason: str
    usage: dict[str, Any]
    error: dict[str, Any] | None


@light
class Transcript:
    """A request and its answer as a person reads them; `problem` is set when the body cannot be read."""

    request_id: str
    conversation: str
    model: str
    stream: bool
    system: tuple[Part, ...]
    tools: tuple[ToolShown, ...]
    turns: tuple[Turn, ...]
    answer: Answered
    problem: str


@light
class Outcome:
    """How an exchange was answered."""

    status: int
    scenario: str
    rule: str
    attempt: int
    refusal: str
    message: str
    faults: tuple[str, ...]
    chaos: str


@light
class Why:
    """Why an exchange was answered as it was.

    `explanation` is what `POST …/explain` says of the same request as the same try. `same` is whether rules would still
    answer it in the same way; if not, `changed` says what is different by now.
    """

    request_id: str
    outcome: Outcome
    same: bool
    changed: str
    explanation: dict[str, Any]
