"""Soak test of sessions: workers run tests at the same time, on one server and on one each; nobody hears another.

Every test asks the same, and has rules, retries, faults and a clock of its own. What it hears must be what it was to
hear, request by request; when all have ended, nothing may be left of any.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import anthropic

from mockgw.testing import Gateway, serve

PROMPT = "The same prompt in every test"
QUESTION = {"model": "claude-opus-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": PROMPT}]}
TO_BE_RETRIED = (anthropic.APIConnectionError, anthropic.RateLimitError, anthropic.InternalServerError)
TRIES = 4
SHOWN = 10  # problems


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens in one test; it is drawn from its name."""

    refusals: int
    faults: int
    hours: int


def plan(name: str) -> Plan:
    rng = random.Random(name)
    return Plan(rng.randint(0, 2), rng.randint(0, 1), rng.randint(1, 9))


def persistently(ask: Callable[[], str]) -> str:
    """What is answered in the end, tried again at once: the SDK's own retries wait."""
    for _ in range(TRIES - 1):
        try:
            return ask()
        except TO_BE_RETRIED:
            pass
    return ask()


def created(sdk: anthropic.Anthropic, **more: Any) -> str:
    question: Any = QUESTION | more
    return str(sdk.messages.create(**question).content[0].text)


def streamed(sdk: anthropic.Anthropic) -> str:
    question: Any = QUESTION
    with sdk.messages.stream(**question) as stream:
        return str(stream.get_final_text())


def client(server: Gateway) -> anthropic.Anthropic:
    """One for all tests of a server: to make one takes longer than to ask."""
    return anthropic.Anthropic(base_url=server.url, api_key="mock", max_retries=0)


def one_test(server: Gateway, shared: anthropic.Anthropic, name: str) -> str:
    """Run a test; what it heard, if that was not what it was to hear."""
    drawn, gateway = plan(name), server.session(name)
    gateway.replies(f"{name}: 1", f"{name}: 2", f"{name}: 3", then="error")
    gateway.on(clock={"gte": f"{drawn.hours}h"}).reply(f"{name} after {drawn.hours} hours")
    for _ in range(drawn.refusals):
        gateway.error(429, times=1)
    sdk = shared.with_options(base_url=gateway.url)
    said = [persistently(lambda: created(sdk))]
    for _ in range(drawn.faults):
        gateway.fault("connection_reset_by_peer", times=1)
    said.append(persistently(lambda: streamed(sdk)))
    gateway.clock.advance(f"{drawn.hours}h")
    said.append(persistently(lambda: created(sdk)))
    return problem(gateway, name, said)


def problem(gateway: Gateway, name: str, said: list[str]) -> str:
    """What is wrong with the end of a test, which is over then."""
    drawn = plan(name)
    outcomes = [request.faults or request.status for request in gateway.requests]
    gateway.end()
    lost = [("connection_reset_by_peer",)] * drawn.faults
    wanted = [*[429] * drawn.refusals, 200, *lost, 200, 200]
    heard = [f"{name}: 1", f"{name}: 2", f"{name} after {drawn.hours} hours"]
    return "" if (said, outcomes) == (heard, wanted) else f"{name}: {said}, {outcomes}"


def leftovers(server: Gateway) -> str:
    """What is left when all tests have ended: nothing but the session of the server itself."""
    pipeline = server._host.pipeline
    sessions = sorted(one.name for one in server.inside(lambda _: pipeline.sessions.all(pipeline.clock.now())))
    kept = server.inside(lambda _: len(pipeline.journal))
    return "" if (sessions, kept) == ([server.name], 0) else f"left: sessions {sessions}, {kept} exchanges"


def on_one_server(workers: int, tests: int) -> list[str]:
    """All workers on one server; the problems."""
    names = [f"test-{number}" for number in range(workers * tests)]
    with serve(time_scale=0) as server, client(server) as sdk, ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda name: one_test(server, sdk, name), names))
        return [*filter(None, found), *filter(None, [leftovers(server)])]


def on_one_each(workers: int, tests: int) -> list[str]:
    """Each worker on a server of its own, all with tests of the same names; the problems."""
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda _: on_one_server(1, tests), range(workers))
        return [problem for problems in found for problem in problems]


def report(flags: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    for words, run in (("on one server", on_one_server), ("on one server each", on_one_each)):
        began = time.perf_counter()
        problems = run(flags.workers, flags.tests)
        took = time.perf_counter() - began
        yield f"{flags.workers} workers x {flags.tests} tests {words}: {took:.0f} s", problems


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--workers", type=int, default=8, help="how many run at the same time")
    parser.add_argument("--tests", type=int, default=500, help="how many tests each of them runs")
    return parser.parse_args()


def main() -> None:
    failed = False
    for words, problems in report(arguments()):
        print(
            f"{'FAILED' if problems else 'ok':<8}{words}, {len(problems)} problems", *problems[:SHOWN], sep="\n        "
        )
        failed = failed or bool(problems)
    sys.exit(failed)


if __name__ == "__main__":
    main()
