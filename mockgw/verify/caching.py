"""Caching: a rule about how a client uses the prompt cache."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockgw.gateway.prompts import parting
from mockgw.protocol import conversation
from mockgw.protocol.messages import Usage
from mockgw.protocol.models import canonical
from mockgw.values import found, lazy
from mockgw.verify.asked import Asked
from mockgw.verify.findings import Evidence, Findings, Found

FEWEST = 3  # the second request may be the first whose prompt is long enough
FIVE_MINUTES, ONE_HOUR = 300.0, 3600.0

Said = tuple[str, tuple[str, ...]]  # of an answer its text and the ids of its calls


@lazy
class Cached:
    """A request whose breakpoints had an effect, and its usage."""

    asked: Asked
    usage: Usage

    @found
    def place(self) -> tuple[str, ...]:
        """Whose cache it was; and with it what was typed first, which tells conversations apart."""
        context = self.asked.context
        model = canonical(context.request.model)
        return self.asked.exchange.session, context.key, context.agent, model, _begins(context.request.messages)

    @found
    def said(self) -> tuple[Said, ...]:
        """The answers that it has in its transcript."""
        return tuple(_said(self.asked.context.request.messages))

    @property
    def kept(self) -> float:
        """For how long what it wrote can be read, in seconds."""
        return ONE_HOUR if self.usage.ephemeral_1h_input_tokens else FIVE_MINUTES


@dataclass(slots=True)
class Thread:
    """Requests of one conversation, each of which goes on from the one before, while the cache is kept."""

    requests: list[Cached]

    @property
    def read(self) -> bool:
        return any(one.usage.cache_read_input_tokens for one in self.requests)


def cache_never_hit(evidence: Evidence) -> Findings:
    """Three or more requests of one conversation wrote to the prompt cache, each in time for what the one before had
    written, and none of them read anything: something before the breakpoints changes from request to request."""
    for thread in _threads(evidence):
        if len(thread.requests) < FEWEST or thread.read:
            continue
        bodies = [one.asked.context.request.body for one in thread.requests[-2:]]
        if (place := parting(*bodies)) is not None:
            told = (
                f"{len(thread.requests)} requests of one conversation wrote to the prompt cache and none read from it"
            )
            yield Found(f"{told}: the last two differ at {place}", tuple(one.asked.id for one in thread.requests))


def _threads(evidence: Evidence) -> list[Thread]:
    threads: list[Thread] = []
    ends: dict[Any, Thread] = {}  # by what a request that goes on from the end of a thread has
    for one in _cached(evidence):
        thread = next(_open(one, ends), None)
        if thread is None:
            threads.append(thread := Thread([]))
        thread.requests.append(one)
        ends[one.place, one.said] = thread
        ends.update({(one.asked.exchange.session, id): thread for id in one.asked.exchange.tool_calls})
    return threads


def _cached(evidence: Evidence) -> Iterator[Cached]:
    for one in evidence.asked:
        usage = one.exchange.usage
        if usage is not None and (usage.cache_creation_input_tokens or usage.cache_read_input_tokens):
            yield Cached(one, usage)


def _open(one: Cached, ends: dict[Any, Thread]) -> Iterator[Thread]:
    """The threads from whose ends a request can go on: it has more answers, or those of its calls."""
    for count in range(len(one.said) - 1, -1, -1):
        calls = [(one.asked.exchange.session, id) for id in one.said[count][1]]
        for end in (*calls, (one.place, one.said[:count])):
            thread = ends.get(end)
            if thread is not None and _goes_on(thread.requests[-1], one, count):
                yield thread


def _goes_on(last: Cached, one: Cached, count: int) -> bool:
    in_time = one.asked.exchange.clock - last.asked.exchange.clock < last.kept
    return in_time and last.place[:-1] == one.place[:-1] and last.said == one.said[:count]


def _said(messages: list[dict[str, Any]]) -> Iterator[Said]:
    for message in messages:
        if message["role"] == "assistant":
            content = message["content"]
            blocks: list[Any] = [] if isinstance(content, str) else content
            ids = tuple(block["id"] for block in blocks if block.get("type") == "tool_use")
            yield "".join(conversation.texts(content)), ids


def _begins(messages: list[dict[str, Any]]) -> str:
    """What was typed first."""
    typed = (conversation.typed(message["content"]) for message in messages if message["role"] == "user")
    return next(filter(None, typed), "")
