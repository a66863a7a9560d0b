"""Run: a command with a gateway of its own."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mockgw.cli import options, recording, reporting
from mockgw.cli.environment import complete
from mockgw.cli.output import tell
from mockgw.cli.reporting import Reporting, Target
from mockgw.cli.tokens import token_of
from mockgw.errors import ScenarioError, SettingsError
from mockgw.lint.check import open_checked
from mockgw.lint.report import error_lines
from mockgw.scenario.library import Library
from mockgw.server.child import Tether, hold_standard, spawn
from mockgw.server.listening import bind, url_of
from mockgw.settings import Settings

if TYPE_CHECKING:
    from mockgw.pipeline import Pipeline

NO_COMMAND = 127  # the exit codes that a shell has for it
CANNOT_RUN = 126
SIGNALLED = 128  # and the number of the signal
HOW = "the command stands behind --, as in `mockgw run -- pytest` or `mockgw run my.yaml -- claude -p Hello`"
NO_FORK = "`mockgw run` cannot work on this system; start `mockgw serve`, and set what `mockgw env` prints"


class WithCommand(click.Command):
    """A command line that has another one behind `--`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        own, command = args[:end], args[end + 1 :]
        if not any(command[:1]) and not set(own) & set(ctx.help_option_names):
            raise click.UsageError(f"There is no command to run: {HOW}.", ctx)
        rest = super().parse_args(ctx, own)
        ctx.params["command"] = tuple(command)
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


@click.command(cls=WithCommand)
@options.paths
@options.scenario
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; any free one if there is no flag.")
@options.engine
@options.api_key
@recording.log
@recording.journal
@reporting.reports
def run(
    paths: tuple[Path, ...],
    scenario: str | None,
    command: Sequence[str],
    port: int,
    log: Path | None,
    journal: Path | None,
    reports: tuple[Target, ...],
    fail_on: tuple[str, ...] | None,
    *,
    api_key: bool,
    **engine: Any,
) -> int:
    """Run COMMAND against a gateway of its own, on a free port, that ends when the command ends.

    Claude Code and the SDKs find it by their environment; a test finds its address in MOCKGW_URL. Input, output
    and signals are the command's. The scenarios are those of `mockgw serve`.

    \b
    mockgw run -- claude -p "Are you there?"   Claude Code, headless
    mockgw run my.yaml -- pytest -x            tests against your own scenario
    mockgw run --log asked.log -- npm test     what was asked, in a file
    mockgw run --report text -- npm test       what happened, at the end

    With --report or --fail-on mockgw stays until the command has ended, tells what happened, and fails when the
    command did not notice that something was wrong: a request that no scenario answered (unmatched), an expectation
    that was not met (unmet), an error of the client (verdict), or nobody can know (inconclusive). --fail-on names
    which of these count, with unused (rules), warnings and no-requests, or none.

    \b
    mockgw run --report text --report junit=report.xml -- pytest
    mockgw run --fail-on unmatched,unused -- npm test

    \b
    Exit codes: those of the command, and before it runs
      2    a flag is wrong, or there is no command
      3    a path is not there, or a file cannot be written
      4    there are errors in scenarios
      5    the address cannot be listened on
      126  the command cannot be run
      127  there is no such command
    and after it has succeeded
      3    a report cannot be written
      6    the report says that something was wrong
    """
    if not hasattr(os, "fork"):
        raise SettingsError(NO_FORK)
    hold_standard()
    library = _opened(paths, scenario)
    observers = recording.observers(journal=journal, log=log)
    settings = Settings(port=port, token=token_of(os.environ), **engine)
    told = Reporting(reports, fail_on)
    with bind(settings.host, port) as listening:
        environment = _environment(url_of(listening), api_key=api_key)
        if not told.wanted:
            spawn(partial(_serve, library, settings, observers, listening))
            become(list(command), environment)
        return _attend(partial(_pipeline, library, settings, observers), told, listening, command, environment)


def _environment(url: str, *, api_key: bool) -> dict[str, str]:
    """That of the command: without what is meant for mockgw only, and without a token where a key is to count."""
    unwanted = (*reporting.VARIABLES, "ANTHROPIC_AUTH_TOKEN") if api_key else reporting.VARIABLES
    inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
    return inherited | complete(url, inherited, api_key=api_key)


def _opened(paths: Sequence[Path], scenario: str | None) -> Library:
    """The scenarios; with errors in them nothing is run, and the end of a long output says so."""
    try:
        return open_checked(paths, scenario)[0]
    except ScenarioError as error:
        tell("\n".join([*error_lines(error), "mockgw: the command was not run"]))
        sys.exit(error.exit_code)


def _serve(
    library: Library,
    settings: Settings,
    observers: Sequence[recording.Observer],
    listening: socket.socket,
    tether: Tether,
) -> None:
    """While these imports go on, the command starts; what it asks already waits to be accepted."""
    from mockgw.server.runner import Server

    server = Server(_pipeline(library, settings, observers), listening=listening)
    tether.end = server.abandon
    server.run()


def _pipeline(library: Library, settings: Settings, observers: Sequence[recording.Observer]) -> "Pipeline":
    from mockgw.pipeline import Pipeline  # slow, and --help needs none

    pipeline = Pipeline(library, settings)
    pipeline.observers.extend(observers)
    return pipeline


def _attend(
    make: "Callable[[], Pipeline]",
    told: Reporting,
    listening: socket.socket,
    command: Sequence[str],
    environment: Mapping[str, str],
) -> int:  # pragma: no cover - a test's own process has threads that could take its signals
    """Run the command as a child, with the server in a thread of this process, and tell at the end what happened."""
    from mockgw.report.collect import Ran  # only a report needs it
    from mockgw.server.command import attend, end_by

    told.prepare()
    pipeline = make()
    collector = told.begin(pipeline)
    try:
        code = attend(command, environment, partial(_served, pipeline, listening))
    except OSError as error:
        _cannot_run(command[0], error)
    exit_code = told.give(collector, Ran(tuple(command), code if code >= 0 else SIGNALLED - code))
    if code < 0:
        end_by(-code)
    return exit_code


@contextmanager
def _served(pipeline: "Pipeline", listening: socket.socket) -> Iterator[None]:  # pragma: no cover - as above
    """While the command runs; what is still under way when it has ended is cut off."""
    from mockgw.server.limits import raise_open_files
    from mockgw.server.runner import Server

    raise_open_files()
    server = Server(pipeline, listening=listening).start()
    try:
        yield
    finally:
        server.abandon()
        server.stop()


def become(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Go on as the command: nobody stands between it and whoever started it."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and the command would inherit that
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        _cannot_run(command[0], error)


def _cannot_run(command: str, error: OSError) -> NoReturn:
    if shutil.which(command) or not isinstance(error, FileNotFoundError | NotADirectoryError):
        tell(f"mockgw: {command}: cannot be run: {error.strerror}")
        sys.exit(CANNOT_RUN)
    tell(f"mockgw: {command}: there is no such command")
    sys.exit(NO_COMMAND)
