"""Tail: the lines of a server's log in another terminal."""

import select
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click
import orjson

from mockgw.cli import options
from mockgw.cli.follow import Entry, Follower
from mockgw.cli.options import option
from mockgw.cli.output import offer, tell
from mockgw.cli.recording import text_lines
from mockgw.cli.remote import Event, Query, Remote
from mockgw.cli.retold import exchange_of, news_of
from mockgw.cli.tokens import TOKEN, token_of
from mockgw.cli.where import Where, WhereType

INTERRUPTED = 130  # what shells give for Ctrl-C
# Each is a key of the journal's query too, in the words of docs/control.md.
FILTERS = {
    "session": "Only of this session.",
    "scenario": "Only what this scenario answered.",
    "rule": "Only what this rule answered.",
    "model": "Only what asked for this model.",
    "status": "Only what was answered with this status, or one like 4xx.",
    "text": "Only with this text in the body, the path or the message of an error; case is no matter.",
}
MARKS = {
    "errors": "Only errors, and answers that did not come whole.",
    "unmatched": "Only what no rule matched.",
    "faulted": "Only what a fault or chaos struck.",
}


class Unread(Exception):
    """Nobody reads what is printed any more."""


def filters(command: Any) -> Any:
    """What is to be shown; values by the names of the journal's query."""
    for name, told in reversed(FILTERS.items()):
        command = click.option(f"--{name}", metavar=name.upper(), help=told)(command)
    for name, told in reversed(MARKS.items()):
        command = click.option(f"--{name}", is_flag=True, help=told)(command)
    return command


@click.command()
@click.argument("where", type=WhereType(), required=False, envvar="MOCKGW_URL", metavar="[WHERE]")
@filters
@click.option("-n", "--lines", type=click.IntRange(0), default=20, show_default=True, help="How many to begin with.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Whether to go on as requests come.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each request, as the journal sums it up.")
@option("--token", metavar="TOKEN", help="The token of the server's control API, if it wants one.")
@options.address
@click.pass_context
def tail(
    context: click.Context,
    /,
    where: Where | None,
    lines: int,
    token: str | None,
    host: str,
    port: int,
    *,
    follow: bool,
    as_json: bool,
    **wanted: Any,
) -> int:
    """Follow the requests of a running server, in another terminal: the lines that it prints itself.

    WHERE is a port, a host with a port, or a URL; one of a session, as clients have it, shows that session. Without it
    MOCKGW_URL counts, which mockgw run sets, else --host and --port.

    \b
    mockgw tail                               a `mockgw serve` on this machine
    mockgw tail 8080 --errors                 what went wrong at port 8080
    mockgw tail --session checkout -n 0       one session, from now on
    mockgw tail --unmatched --text weather    what nothing was scripted for
    mockgw tail --no-follow --json | jq .cost

    When the server goes, it is waited for; when it is back, what came in between is shown. Ctrl-C ends it.

    \b
    Exit codes:
      0    with --no-follow, or nobody reads on
      1    there is no server, or it does not answer this
      2    a flag is wrong
      130  Ctrl-C
    """
    server = _server(context, where, Where(host, port))
    query = _query(wanted, server.session)
    remote = Remote(server, token_of({TOKEN: token or ""}))
    follower = Follower(remote, query, _shower(as_json=as_json), partial(_hear, as_json=as_json), tell)
    try:
        if not follow:
            follower.begin(lines)
            return 0
        if sys.stdout.isatty() and sys.stderr.isatty():
            tell(f"mockgw: following {server.url}; Ctrl-C ends it")
        follower.follow(lines, time.sleep)
    except Unread:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _server(context: click.Context, where: Where | None, address: Where) -> Where:
    """What was said nearest counts: on the command line before the environment."""
    said = {name for name in ("where", "host", "port") if _is_typed(context, name)}
    if {"where"} < said:
        raise click.UsageError("say once where the server is: as WHERE, or by --host and --port", context)
    return where if where and ("where" in said or not said) else address


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _query(wanted: Mapping[str, Any], session: str) -> Query:
    """Which exchanges, as the journal is asked; a flag that is not set asks for nothing."""
    asked = {"session": session} if session else {}
    return asked | {name: "true" if value is True else value for name, value in wanted.items() if value}


def _shower(*, as_json: bool) -> Callable[[Sequence[Entry]], None]:
    line: Callable[[Entry], str] = _json_line if as_json else _text_line(text_lines())

    def show(entries: Sequence[Entry]) -> None:
        if entries and not offer("\n".join(map(line, entries))):
            raise Unread

    return show


def _json_line(entry: Entry) -> str:
    return orjson.dumps({"event": "request", **entry}).decode()


def _text_line(line: Callable[[Any], str]) -> Callable[[Entry], str]:
    return lambda entry: line(exchange_of(entry))


def _hear(event: Event | None, *, as_json: bool) -> None:
    """Files are told of as the server itself tells; and now and then it is time to see whether anybody reads."""
    if event is not None and (news := news_of(event)) is not None:
        from mockgw.cli.serve import spread  # slow, and files change seldom

        spread(news, "json" if as_json else "text", quiet=False)
    if not is_read():
        raise Unread


def is_read() -> bool:
    """Whether somebody still reads what is printed: a pipe that is closed says so before anything is written."""
    try:
        poll = select.poll()
        poll.register(sys.stdout, 0)
        return not poll.poll(0)
    except (AttributeError, OSError, ValueError):  # no such system, or no such file
        return True
