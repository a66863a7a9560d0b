"""Run: a command with a gateway of its own."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from mockgw.cli import options, recording
from mockgw.cli.environment import complete
from mockgw.cli.output import tell
from mockgw.errors import ScenarioError, SettingsError
from mockgw.lint.check import open_checked
from mockgw.lint.report import error_lines
from mockgw.scenario.library import Library
from mockgw.server.child import Tether, hold_standard, spawn
from mockgw.server.listening import bind, url_of
from mockgw.settings import Settings

NO_COMMAND = 127  # the exit codes that a shell has for it
CANNOT_RUN = 126
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
def run(
    paths: tuple[Path, ...],
    scenario: str | None,
    command: Sequence[str],
    port: int,
    log: Path | None,
    journal: Path | None,
    *,
    api_key: bool,
    **engine: Any,
) -> None:
    """Run COMMAND against a gateway of its own, on a free port, that ends when the command ends.

    Claude Code and the SDKs find it by their environment; a test finds its address in MOCKGW_URL. Input, output
    and signals are the command's. The scenarios are those of `mockgw serve`.

    \b
    mockgw run -- claude -p "Are you there?"   Claude Code, headless
    mockgw run my.yaml -- pytest -x            tests against your own scenario
    mockgw run --log asked.log -- npm test     what was asked, in a file

    \b
    Exit codes: those of the command, and before it runs
      2    a flag is wrong, or there is no command
      3    a path is not there, or a file cannot be written
      4    there are errors in scenarios
      5    the address cannot be listened on
      126  the command cannot be run
      127  there is no such command
    """
    if not hasattr(os, "fork"):
        raise SettingsError(NO_FORK)
    hold_standard()
    library = _opened(paths, scenario)
    observers = recording.observers(journal=journal, log=log)
    settings = Settings(port=port, **engine)
    with bind(settings.host, port) as listening:
        spawn(partial(_serve, library, settings, observers, listening))
        become(list(command), {**os.environ, **complete(url_of(listening), os.environ, api_key=api_key)})


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
    from mockgw.pipeline import Pipeline
    from mockgw.server.runner import Server

    pipeline = Pipeline(library, settings)
    pipeline.observers.extend(observers)
    server = Server(pipeline, listening=listening)
    tether.end = server.abandon
    server.run()


def become(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Go on as the command: nobody stands between it and whoever started it."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and the command would inherit that
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        if shutil.which(command[0]) or not isinstance(error, FileNotFoundError | NotADirectoryError):
            tell(f"mockgw: {command[0]}: cannot be run: {error.strerror}")
            sys.exit(CANNOT_RUN)
    tell(f"mockgw: {command[0]}: there is no such command")
    sys.exit(NO_COMMAND)
