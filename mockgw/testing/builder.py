"""Builder: a rule in Python. It makes the data that the YAML of the rule would be, and the loader checks it."""

from collections.abc import Callable
from typing import Any, Generic, Never, TypeVar, Unpack

from mockgw.errors import MockgwError
from mockgw.notation import shown
from mockgw.scenario.spelling import as_yaml
from mockgw.testing import answers
from mockgw.testing.answers import Data, Options
from mockgw.testing.conditions import MatchKeys
from mockgw.testing.documents import Line, calling_line, rule_of
from mockgw.testing.spelling import plain

FIRST = ("id", "match", "fallback", "times", "expect")  # of a rule's keys, in YAML
T = TypeVar("T")


def match_of(keys: MatchKeys | Data, *without: object) -> Data:
    """A match as YAML has it; keys that Python reads as something else may end in `_`. No value is `without` a key."""
    if without:
        raise MockgwError(
            f"a condition has a key, as in prompt={shown(without[0])}; found {shown(without[0])} without one"
        )
    return {name.rstrip("_"): plain(value) for name, value in keys.items()}


class Answers(Generic[T]):
    """Something that wants an answer: each method gives one, in the words of the scenario language.

    What may stand beside an answer in YAML stands beside it here: `times`, `id`, `delay`, `pace`, `headers`, `usage` …
    """

    def __init__(self, take: Callable[[Data, Line], T], match: Data | None = None) -> None:
        self._take = take
        self.match = match or {}

    def answer(self, answer: Any, **options: Unpack[Options]) -> T:
        """Any answer, as the mapping that it is in YAML; text is its text, a list its blocks."""
        if isinstance(answer, dict):
            return self._with({**answer, **options})
        return self._with({"content" if isinstance(answer, list | tuple) else "text": answer, **options})

    def reply(self, answer: Any, **options: Unpack[Options]) -> T:
        """Text, a list of blocks, or any other answer."""
        return self._with(answers.reply(answer, **options))

    def text(self, text: Any, **options: Unpack[Options]) -> T:
        """Text, or a list of texts: exactly these deltas."""
        return self._with(answers.text(text, **options))

    def thinking(self, thinking: Any, **options: Unpack[Options]) -> T:
        """Thinking, or a list of texts: exactly these deltas."""
        return self._with(answers.thinking(thinking, **options))

    def redacted_thinking(self, data: str, **options: Unpack[Options]) -> T:
        """A redacted thinking block with this data."""
        return self._with(answers.redacted_thinking(data, **options))

    def tool_use(self, name: str, input: Any = None, /, *, tool_id: str | None = None, **options: Unpack[Options]) -> T:
        """A call of one of the client's tools."""
        return self._with(answers.tool_use(name, input, tool_id=tool_id, **options))

    def web_search(self, search: Data, **options: Unpack[Options]) -> T:
        """A search of the web by the API itself: `{"query": …, "results": […]}`."""
        return self._with(answers.web_search(search, **options))

    def web_fetch(self, page: Data, **options: Unpack[Options]) -> T:
        """A page that the API itself fetches: `{"url": …, "text": …}`."""
        return self._with(answers.web_fetch(page, **options))

    def code_execution(self, code: Data, **options: Unpack[Options]) -> T:
        """Code or a command that the API itself runs: `{"code": …, "stdout": …}`."""
        return self._with(answers.code_execution(code, **options))

    def tool_search(self, search: Data, **options: Unpack[Options]) -> T:
        """A search among the tools that are deferred: `{"query": …, "tools": […]}`."""
        return self._with(answers.tool_search(search, **options))

    def mcp_tool_use(self, call: Data, **options: Unpack[Options]) -> T:
        """A call of an MCP server's tool by the API itself: `{"server_name": …, "name": …, "result": …}`."""
        return self._with(answers.mcp_tool_use(call, **options))

    def generate(
        self,
        *,
        words: int | None = None,
        sentences: int | None = None,
        json: bool | None = None,
        tool: str | bool | None = None,
        **options: Unpack[Options],
    ) -> T:
        """Content that is made up: exactly one of these."""
        return self._with(answers.generate(words=words, sentences=sentences, json=json, tool=tool, **options))

    def block(self, block: Data, **options: Unpack[Options]) -> T:
        """A block as it is on the wire."""
        return self._with(answers.block(block, **options))

    def content(self, *blocks: Any, **options: Unpack[Options]) -> T:
        """The blocks of one message."""
        return self._with(answers.content(*blocks, **options))

    def error(
        self,
        error: Any = None,
        *,
        type: str | None = None,
        message: str | None = None,
        param: str | None = None,
        retry_after: Any = None,
        should_retry: bool | None = None,
        body: Any = None,
        **options: Unpack[Options],
    ) -> T:
        """An error: a status, a type or a mapping, and what else is said of it. `times=2` is: twice, then no more."""
        said = {"type": type, "message": message, "param": param, "retry_after": retry_after}
        return self._with(answers.error(error, **said, should_retry=should_retry, body=body, **options))

    def steps(self, *several: Any, then: str | None = None, **options: Unpack[Options]) -> T:
        """Answers, one for each step since the last typed prompt."""
        return self._with(answers.steps(*several, then=then, **options))

    def attempts(self, *several: Any, then: str | None = None, **options: Unpack[Options]) -> T:
        """Answers, one for each try of one call."""
        return self._with(answers.attempts(*several, then=then, **options))

    def replies(self, *several: Any, then: str | None = None, **options: Unpack[Options]) -> T:
        """Answers, one after the other."""
        return self._with(answers.replies(*several, then=then, **options))

    def choose(self, *several: Any, **options: Unpack[Options]) -> T:
        """Answers, one by chance; each may have a `weight`."""
        return self._with(answers.choose(*several, **options))

    def _with(self, answer: Data) -> T:
        data = plain({**({"match": self.match} if self.match else {}), **answer})
        ordered = {key: data[key] for key in (*FIRST, *data) if key in data}
        return self._take(ordered, calling_line())


class Answering(Answers[T]):
    """A rule that wants its answer; `has_answer` tells whether it got one, `line` where it began."""

    def __init__(self, take: Callable[[Data, Line], T], match: Data | None = None) -> None:
        super().__init__(take, match)
        self.line = calling_line()
        self.has_answer = False

    def fault(self, name: Any, /, **how: Any) -> T:
        """Nothing but a fault, by its name and options; beside an answer it is `reply("…", fault=…)`."""
        return self._with(answers.fault(name, **how))

    def _with(self, answer: Data) -> T:
        self.has_answer = True
        return super()._with(answer)

    def __repr__(self) -> str:
        return f"on({', '.join(f'{key}={value!r}' for key, value in self.match.items())})"


class Built:
    """A rule that was built, and is given to nobody yet; its `data` is what its YAML would be."""

    def __init__(self, data: Data, line: Line) -> None:
        self.data = data
        self.rule = rule_of(data, line)

    @property
    def yaml(self) -> str:
        """The rule as YAML, to paste below `rules:`."""
        return as_yaml([self.data])

    def __repr__(self) -> str:
        return f"<rule {self.data}>"


def on(*without: Never, **match: Unpack[MatchKeys]) -> Answering[Built]:
    """A rule for requests that are so, by the keys of `match`: `on(prompt=contains("weather")).reply("Sunny.")`."""
    return Answering(Built, match_of(match, *without))
