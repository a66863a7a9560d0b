"""Wire: mutants sent to real servers, over a connection of each that stays open."""

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from mockgw.server.runner import Server
from tests.fuzz.fuzzing import DIALECTS, LEVELS, Answer, Tally, problem, scenario
from tests.fuzz.mutations import mutants
from tests.fuzz.seeds import Seed
from tests.support import live, port_of

Connections = dict[tuple[str, str], http.client.HTTPConnection]
LEFT_OUT = ("content-length", "connection", "host", "accept-encoding")  # these are the connection's own


def ask(connection: http.client.HTTPConnection, seed: Seed, raw: bytes) -> Answer:
    sent = {name: text for name, text in seed.headers.items() if name.lower() not in LEFT_OUT}
    whole = {"content-type": "application/json", "x-api-key": "mock", **sent}
    connection.request("POST", seed.path, raw, {name: text.encode() for name, text in whole.items()})
    response = connection.getresponse()
    return Answer(response.status, response.read(), "event-stream" in (response.headers["content-type"] or ""))


@contextmanager
def connections() -> Iterator[Connections]:
    """One for each level and dialect."""
    with ExitStack() as stack:
        made: Connections = {}
        for level in LEVELS:
            for dialect in DIALECTS:
                server = stack.enter_context(Server(live(scenario(level, dialect))))
                made[level, dialect] = http.client.HTTPConnection("127.0.0.1", port_of(server.url), timeout=30)
                stack.callback(made[level, dialect].close)
        yield made


def run(seed: int, count: int) -> Tally:
    """So many mutants, as `fuzzing.run` has them, each answered by a server."""
    tally = Tally()
    with connections() as made:
        for number, (one, raw) in enumerate(mutants(seed, count)):
            level, dialect = LEVELS[number % len(LEVELS)], DIALECTS[number // len(LEVELS) % len(DIALECTS)]
            answer = ask(made[level, dialect], one, raw)
            tally.note(answer.status, problem(answer, raw, one.path), f"mutant {number} of {seed}, {level}, {dialect}")
    return tally
