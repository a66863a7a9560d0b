"""Answers: every answer of the scenario language as a function; each gives plain data, as the YAML of it does."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from mockgw.errors import MockgwError
from mockgw.suggest import did_you_mean

Data = dict[str, Any]
OF_RULE = ("id", "fallback", "times", "expect", "weight")


class Options(TypedDict, total=False):
    """What may stand beside an answer: options, and what a rule or an item of a list has besides."""

    id: str
    fallback: bool
    times: int
    expect: Any
    weight: float
    stop_reason: str
    stop_sequence: str
    stop_details: Data
    usage: Data
    model: str
    container: Data
    context_management: Data
    citations: list[Data]
    headers: Data
    delay: Any
    pace: Any
    fault: Any


def reply(answer: Any, **options: Unpack[Options]) -> Data:
    """Any answer: text, a list of blocks, or what another function here gives."""
    return {"reply": answer, **options}


def text(text: Any, **options: Unpack[Options]) -> Data:
    """Text, or a list of texts: exactly these deltas."""
    return {"text": text, **options}


def thinking(thinking: Any, **options: Unpack[Options]) -> Data:
    """Thinking, or a list of texts: exactly these deltas."""
    return {"thinking": thinking, **options}


def redacted_thinking(data: str, **options: Unpack[Options]) -> Data:
    """A redacted thinking block with this data."""
    return {"redacted_thinking": data, **options}


def tool_use(name: str, input: Any = None, /, *, tool_id: str | None = None, **options: Unpack[Options]) -> Data:
    """A call of one of the client's tools; a list of texts as `input` is exactly these pieces of JSON."""
    if input is None and (arguments := _unlike_options(options)):
        raise MockgwError(f"the arguments of a call are a mapping, as in tool_use({name!r}, {arguments!r})")
    call = {"name": name, **_given(input=input, id=tool_id)}
    return {"tool_use": call, **options}


def _unlike_options(given: Mapping[str, Any]) -> Data:
    known = Options.__annotations__
    return {name: value for name, value in given.items() if name not in known and not did_you_mean(name, known)}


def web_search(search: Data, **options: Unpack[Options]) -> Data:
    """A search of the web by the API itself: `{"query": …, "results": […]}`."""
    return {"web_search": search, **options}


def web_fetch(page: Data, **options: Unpack[Options]) -> Data:
    """A page that the API itself fetches: `{"url": …, "text": …}`."""
    return {"web_fetch": page, **options}


def code_execution(code: Data, **options: Unpack[Options]) -> Data:
    """Code or a command that the API itself runs: `{"code": …, "stdout": …}`."""
    return {"code_execution": code, **options}


def tool_search(search: Data, **options: Unpack[Options]) -> Data:
    """A search among the tools that are deferred: `{"query": …, "tools": […]}`."""
    return {"tool_search": search, **options}


def mcp_tool_use(call: Data, **options: Unpack[Options]) -> Data:
    """A call of an MCP server's tool by the API itself: `{"server_name": …, "name": …, "result": …}`."""
    return {"mcp_tool_use": call, **options}


def generate(
    *,
    words: int | None = None,
    sentences: int | None = None,
    json: bool | None = None,
    tool: str | bool | None = None,
    **options: Unpack[Options],
) -> Data:
    """Content that is made up: exactly one of these."""
    return {"generate": _given(words=words, sentences=sentences, json=json, tool=tool), **options}


def block(block: Data, **options: Unpack[Options]) -> Data:
    """A block as it is on the wire."""
    return {"block": block, **options}


def content(*blocks: Any, **options: Unpack[Options]) -> Data:
    """The blocks of one message."""
    return {"content": _listed(blocks), **options}


def error(
    error: Any = None,
    *,
    type: str | None = None,
    message: str | None = None,
    param: str | None = None,
    retry_after: Any = None,
    should_retry: bool | None = None,
    body: Any = None,
    **options: Unpack[Options],
) -> Data:
    """An error: a status, a type or a mapping, and what else is said of it."""
    more = _given(
        type=type, message=message, param=param, retry_after=retry_after, should_retry=should_retry, body=body
    )
    return {"error": _with(error, more) if more else error, **options}


def fault(name: Any, /, **how: Any) -> Data:
    """Nothing but a fault, by its name and options; or a list of them. What a rule has besides may stand there too."""
    beside = {key: value for key, value in how.items() if key in OF_RULE}
    options = {key: value for key, value in how.items() if key not in OF_RULE}
    return {"fault": {"type": name, **options} if options else name, **beside}


def steps(*answers: Any, then: str | None = None, **options: Unpack[Options]) -> Data:
    """Answers, one for each step since the last typed prompt."""
    return {"steps": _listed(answers), **_given(then=then), **options}


def attempts(*answers: Any, then: str | None = None, **options: Unpack[Options]) -> Data:
    """Answers, one for each try of one call."""
    return {"attempts": _listed(answers), **_given(then=then), **options}


def replies(*answers: Any, then: str | None = None, **options: Unpack[Options]) -> Data:
    """Answers, one after the other."""
    return {"replies": _listed(answers), **_given(then=then), **options}


def choose(*answers: Any, **options: Unpack[Options]) -> Data:
    """Answers, one by chance; each may have a `weight`."""
    return {"choose": _listed(answers), **options}


def _listed(answers: tuple[Any, ...]) -> list[Any]:
    """`steps("a", "b")` or `steps(["a", "b"])`: nobody means a list of one list of blocks."""
    [*several] = answers
    return several[0] if len(several) == 1 and isinstance(several[0], list) else several


def _with(error: Any, more: Data) -> Any:
    """A status or a type with what else is said; of a mapping, both."""
    if isinstance(error, dict):
        return {**error, **more}
    kind = {} if error is None else {"type" if isinstance(error, str) else "status": error}
    return {**kind, **more}


def _given(**values: Any) -> Data:
    return {name: value for name, value in values.items() if value is not None}
