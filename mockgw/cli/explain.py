"""Explain: which rule answers a request and why, and why no other does."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import orjson

from mockgw.cli import explanation, options
from mockgw.cli.output import say, tell
from mockgw.cli.overview import overview
from mockgw.cli.requests import Received, read, records
from mockgw.clock import SystemClock, VirtualClock
from mockgw.delivery.actions import Delivery
from mockgw.engine.explain import Explanation
from mockgw.lint.check import open_checked
from mockgw.lint.report import problem_line
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.settings import Settings

NO_ANSWER = 1


@click.command()
@click.argument("request_", metavar="[REQUEST]", required=False)
@options.paths
@options.scenario
@click.option("--line", type=click.IntRange(1), metavar="N", help="Which line of a journal; the last when absent.")
@click.option("--lines", is_flag=True, help="Only list the requests of a journal, a line each.")
@click.option("--attempt", type=click.IntRange(1), metavar="N", help="Which try of its call the request is.")
@options.engine
@options.format()
def explain(
    request_: str | None,
    paths: tuple[Path, ...],
    scenario: str | None,
    line: int | None,
    attempt: int | None,
    format: str,
    *,
    lines: bool,
    **settings: Any,
) -> int:
    """Say which rule answers a request and with what, and of every other rule which conditions hold and which do not.

    REQUEST is a file, or - for stdin, with the JSON body of a request, a curl command as it was copied, or the
    journal of `mockgw serve --journal FILE`. PATH are the files and folders of scenarios, as for `mockgw serve`.
    Nothing is sent anywhere.

    It exits with 0 when a scenario answers, and with 1 when no rule matches or the request is refused.

    \b
    mockgw explain request.json weather.yaml    why is this body answered so?
    pbpaste | mockgw explain - weather.yaml     and this curl command?
    mockgw explain journal.jsonl weather.yaml   and the last request in a journal?
    mockgw explain journal.jsonl --lines        which requests are in it?
    mockgw explain journal.jsonl --line 7 --attempt 2
    """
    if request_ is None and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("expected a REQUEST: a file, or - for stdin", click.get_current_context())
    if lines:
        say("\n".join(overview(records(request_ or "-"))))
        return 0
    received = read(request_ or "-", line)
    library, checked = open_checked(paths, scenario)
    for warning in checked.warnings:
        tell(problem_line(warning))
    explained = _explained(library, Settings(**settings), received, attempt)
    say(_json(explained, received) if format == "json" else _text(explained, received))
    return 0 if explained.answered and not _refused(explained) else NO_ANSWER


def _explained(library: Library, settings: Settings, received: Received, attempt: int | None) -> Explanation:
    """What the request is answered after all that its session had sent before."""
    times = [received.time, *(earlier.time for earlier in received.earlier)]
    clock = VirtualClock(min(filter(None, times), default=SystemClock().wall()))
    pipeline = Pipeline(library, settings, clock)
    for earlier in received.earlier:
        _advance(clock, earlier.time)
        pipeline.settle(pipeline.messages(earlier.incoming), Delivery(ending=earlier.ending))
    _advance(clock, received.time)
    return pipeline.explain(received.incoming, attempt or received.attempt)


def _advance(clock: VirtualClock, time: datetime | None) -> None:
    """Let it be that time of day, if it is known and still to come."""
    if time is not None:
        clock.advance(max(0.0, (time - clock.wall()).total_seconds()))


def _refused(explained: Explanation) -> bool:
    return bool((explained.answer.error or {}).get("kind"))


def _json(explained: Explanation, received: Received) -> str:
    data = {"source": received.source, **explained.data(), "then": _then(explained, received)}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


def _text(explained: Explanation, received: Received) -> str:
    encoding = sys.stdout.encoding or "ascii"
    return explanation.text(explained, received.source, then=_then(explained, received), encoding=encoding)


def _then(explained: Explanation, received: Received) -> str:
    """How it was answered when it was recorded, unless that is still so."""
    return received.then if received.then != explanation.outcome(explained.answer) else ""
