"""Gateway: one session of a gateway, as a test holds it in its hand."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, TypeVar, Unpack
from urllib.parse import quote

from mockgw.errors import MockgwError
from mockgw.journal import Exchange
from mockgw.protocol.sent import is_session_name
from mockgw.scenario.library import Library
from mockgw.scenario.spelling import as_yaml
from mockgw.sessions import Own, Session
from mockgw.testing.answers import Data
from mockgw.testing.builder import Answering, Answers, match_of
from mockgw.testing.clock import SessionClock, seconds_of
from mockgw.testing.conditions import MatchKeys
from mockgw.testing.documents import Line, calling_line, chaos_of
from mockgw.testing.given import GivenFault, GivenRule, is_last_resort, reached
from mockgw.testing.hosts import Host
from mockgw.testing.money import money_of, operated
from mockgw.testing.options import OF_SESSION, check
from mockgw.testing.reading import journal_of
from mockgw.testing.requests import Request
from mockgw.testing.spelling import plain

if TYPE_CHECKING:
    from mockgw.control.gateway_shapes import GatewaysShown
    from mockgw.testing.transport import Transport
    from mockgw.verify.expectations import Expectation, Unused
    from mockgw.verify.findings import Finding
    from mockgw.verify.unmatched import Unmatched
    from mockgw.verify.verification import Verified

R = TypeVar("R")
Find = Callable[[str | Path], Path]
"""Where a path leads."""
PATH = "/v1/messages"


class Gateway(Answers[GivenRule]):
    """A gateway that answers as this session was told; no other session sees anything of it.

    Rules are given by `on(…).reply(…)`, or by `reply(…)` alone for all that no other rule is for. Those with `times`
    are asked first, in the order in which they were given; then those with a match, the newest first, and the files';
    then those for everything. Every method may be called from any thread.
    """

    def __init__(self, host: Host, name: str, own: Own, find: Find = Path) -> None:
        super().__init__(self._given)
        if not is_session_name(name):
            raise MockgwError(f"a session cannot be called {name!r}: at most 100 characters, none of them a slash")
        self.name = name
        self._host, self._find = host, find
        self._own = self._first = own
        self._rules: list[GivenRule] = []
        self._begun: list[Answering[GivenRule]] = []
        host.known.add(name)
        self.inside(lambda session: None)

    @property
    def url(self) -> str:
        """The base URL of this session."""
        return f"{self._host.url}/s/{quote(self.name, safe='')}"

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads SDKs and child processes here, to be put over `os.environ`."""
        from mockgw.cli.environment import complete

        return complete(self.url, os.environ, api_key=True)

    def session(self, name: str, **own: Any) -> "Gateway":
        """Another session of the same gateway, with the same files; `seed`, `dialect` and `time_scale` may differ."""
        check("session()", own, OF_SESSION)
        return Gateway(self._host, name, replace(self._first, **own), self._find)

    def on(self, *without: Never, **match: Unpack[MatchKeys]) -> Answering[GivenRule]:
        """A rule for requests that are so, by the keys of `match`: `on(prompt=contains("weather")).reply("Sunny.")`."""
        begun = Answering(self._given, match_of(match, *without))
        self._begun.append(begun)
        return begun

    def load(self, *paths: str | Path) -> None:
        """Answer from these files from now on, as `mockgw serve` would; rules that were given stay in front.

        A path is a file, a folder or the name of a scenario that comes with mockgw. ScenarioError says what is wrong.
        In pytest it is looked for beside the test, then in the rootdir.
        """
        library = opened(map(self._find, paths))
        self._own = replace(self._own, library=library)
        self.inside(lambda session: None)

    def fault(
        self,
        name: Any = None,
        /,
        *,
        times: int | None = None,
        lasting: Any = None,
        match: Data | None = None,
        **how: Any,
    ) -> GivenFault:
        """Let a fault strike whatever is answered: the next `times` requests, for so long, or until it is withdrawn.

        `name` and its options are those of `fault` in a scenario; or a list of faults. Without a name it is an error
        instead of the answer (`error=529`), or a delay before it (`delay="2s"`). `lasting` is a duration.
        """
        fault = how if name is None else {"fault": {"type": name, **how} if how else name}
        return self._arm(fault | ({"match": match_of(match)} if match else {}), times, lasting)

    @property
    def rules(self) -> list[GivenRule]:
        """The rules that were given and not withdrawn, in the order in which they are asked."""
        ids = [rule.id for rule in self.inside(lambda session: session.overrides)]
        known = [rule for rule in self._rules if rule.id in ids]
        return sorted(known, key=lambda rule: ids.index(rule.id))

    @property
    def unanswered(self) -> tuple[Answering[GivenRule], ...]:
        """Every `on(…)` that never got its answer, so that it is no rule."""
        return tuple(one for one in self._begun if not one.has_answer)

    @property
    def yaml(self) -> str:
        """The rules that were given, as a scenario to save that answers so; without those that newer ones replace."""
        return as_yaml({"rules": [rule.data for rule in reached(sorted(self.rules, key=is_last_resort))]})

    @property
    def requests(self) -> list[Request]:
        """What asked for a message, in the order in which it came."""
        return [one for one in self.exchanges if one.path == PATH]

    @property
    def exchanges(self) -> list[Request]:
        """Everything that came, `count_tokens` and `models` too."""
        return [Request(exchange) for exchange in self._journal()[0]]

    @property
    def clock(self) -> SessionClock:
        """The time as this session has it."""
        return SessionClock(self.inside, self._host.pipeline)

    def top_up(self, key: str, *, add: Any = None, balance: Any = None, scenario: str | None = None) -> Decimal:
        """Give a key of the scenario's gateway so many dollars more, or so many whatever it had; what it has then."""
        money = {"add": add, "balance": balance, "scenario": scenario}
        return money_of(self._on_gateway("top_up", {"key": key, **money}))

    def refill(self, key: str | None = None, *, scenario: str | None = None) -> None:
        """Make the limits and the windows of a key full again, or those of all keys."""
        self._on_gateway("refill", {"key": key, "scenario": scenario})

    def balance(self, key: str) -> Decimal:
        """How many dollars a key of the scenario's gateway has."""
        return money_of(self._on_gateway("gateway", {"key": key}))

    def verify(self, *without: Never, times: Any = None, **match: Unpack[MatchKeys]) -> "Verified":
        """That requests came which are so: as often as `times` says (a number, or `at_least` and `at_most`), or at all.

        AssertionError says what came instead, and what the nearest differs in.
        """
        __tracebackhide__ = True
        wanted: Data = {"match": match_of(match, *without)} if match or without else {}
        return self._verified(wanted | ({} if times is None else {"times": plain(times)}))

    def verify_order(self, *matches: "Data | Answering[Any]") -> "Verified":
        """That requests came in this order, whatever came between them: each a match, or an `on(…)`."""
        __tracebackhide__ = True
        return self._verified({"order": [{"match": _match(one)} for one in matches]})

    def wait(self, *, count: int = 1, timeout: float = 5.0, **match: Unpack[MatchKeys]) -> list[Request]:
        """The requests that are so, as soon as there are so many. AssertionError when they do not come in `timeout` s.

        In a coroutine, `await wait_async(…)`: this would keep the event loop from sending them.
        """
        from mockgw.testing.waiting import wait

        __tracebackhide__ = True
        return wait(self._host, self.name, match_of(match), count, timeout)

    async def wait_async(self, *, count: int = 1, timeout: float = 5.0, **match: Unpack[MatchKeys]) -> list[Request]:
        """As `wait`, while the event loop goes on."""
        from anyio import to_thread

        __tracebackhide__ = True
        return await to_thread.run_sync(
            lambda: self.wait(count=count, timeout=timeout, **match), abandon_on_cancel=True
        )

    @property
    def unmatched(self) -> "tuple[Unmatched, ...]":
        """The requests that mockgw refused for want of an answer, each with the nearest rule and all differences."""
        from mockgw.verify.unmatched import unmatched

        return unmatched(self._journal()[0])

    @property
    def verdict(self) -> "tuple[Finding, ...]":
        """What the client did that it should not: Retry-After ignored, no backoff, … Empty is good."""
        from mockgw.verify.verdict import verdict

        exchanges, evicted = self._journal()
        return verdict(exchanges, evicted=evicted)

    @property
    def unused(self) -> "tuple[Unused, ...]":
        """The rules that never answered, given ones and those of the files that were asked."""
        from mockgw.verify.expectations import unused

        return unused(*self._rules_and_journal())

    @property
    def expectations(self) -> "tuple[Expectation, ...]":
        """What became of every `expect`."""
        from mockgw.verify.expectations import expectations

        return expectations(*self._rules_and_journal())

    def explain(self, body: "Data | str | Request", headers: Mapping[str, str] | None = None) -> str:
        """Which rule would answer a request, and why no other does; nothing is counted. Text stands for a prompt."""
        from mockgw.testing.explaining import explain

        return explain(self._host, self.name, body, headers or {})

    def end(self) -> None:
        """Forget the session. What clients have left open goes on until they leave; nobody waits for it."""
        self._host.known.discard(self.name)
        self._host.call(lambda: self._host.pipeline.reset(self.name))

    def reset(self) -> None:
        """Begin anew: no rules, faults, counts or requests; what the session began with is as it was."""
        self._own, self._rules, self._begun = self._first, [], []
        self._host.call(lambda: self._host.pipeline.reset(self.name))
        self.inside(lambda session: None)

    def transport(self) -> "Transport":
        """What httpx2 clients, sync or async, reach this session through without a socket.

        `anthropic.Anthropic(http_client=anthropic.DefaultHttpxClient(transport=gw.transport()))`
        """
        try:
            from mockgw.testing.transport import transport
        except ModuleNotFoundError:
            raise MockgwError("transport() is for httpx2, which is not installed; anthropic 2 brings it") from None
        return transport(self._host, f"/s/{quote(self.name, safe='')}")

    def inside(self, function: Callable[[Session], R]) -> R:
        """What a function makes of the session, where nothing else touches it meanwhile."""

        def carried_out() -> R:
            pipeline = self._host.pipeline
            session = pipeline.sessions.of(self.name, pipeline.clock.now())
            session.own = self._own
            return function(session)

        return self._host.call(carried_out)

    def _given(self, data: Data, line: Line) -> GivenRule:
        rule = GivenRule(self, data, line)
        self._rules.append(rule)
        return rule

    def _arm(self, chaos: Data, times: int | None, lasting: Any) -> GivenFault:
        line = calling_line()
        seconds = None if lasting is None else seconds_of(lasting)
        if times is not None and times < 1:
            raise MockgwError(f"{line.file}:{line.number}: 'times' is how many requests it strikes; found {times}")
        found, clock = chaos_of(plain(chaos), line), self._host.pipeline.clock
        armed = self.inside(lambda session: session.arm(found, clock.now(), times, seconds))
        return GivenFault(armed, lambda: self.inside(lambda session: session.disarm(armed.id)))

    def _on_gateway(self, operation: str, given: Data) -> "GatewaysShown":
        """An operation of the control API on what this session's keys have."""
        return self.inside(lambda session: operated(self._host.pipeline, self.name, operation, given))

    def _journal(self) -> tuple[list[Exchange], int]:
        """The exchanges as they are now, and how many are not known any more."""
        return journal_of(self._host, self.name)

    def _rules_and_journal(self) -> Any:
        from mockgw.verify.in_use import rules_in_use

        exchanges, evicted = self._journal()
        library = self._host.pipeline.library
        rules = self.inside(lambda session: rules_in_use(session, library, exchanges, or_usual=True))
        return rules, exchanges, evicted

    def _verified(self, wanted: Data) -> "Verified":
        from mockgw.verify import wanted as wanting
        from mockgw.verify.verification import verify

        __tracebackhide__ = True
        exchanges, evicted = self._journal()
        found = verify(wanting.read(wanted), exchanges, evicted)
        if found.outcome != "passed":
            raise AssertionError(f"{found.outcome}: {found.reason}")
        return found

    def __repr__(self) -> str:
        return f"<mockgw {self.url}>"


def opened(paths: Iterable[str | Path], scenario: str | None = None) -> Library:
    """The library that paths make. ScenarioError and SettingsError say what is wrong."""
    from mockgw.lint.check import open_checked

    return open_checked([Path(path) for path in paths], scenario, "scenario")[0]


def _match(one: "Data | Answering[Any]") -> Data:
    if not isinstance(one, Answering):
        return match_of(one)
    one.has_answer = True  # none was forgotten: it is only a match
    return one.match
