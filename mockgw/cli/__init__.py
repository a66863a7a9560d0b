"""Command line: each command reads its flags, calls one thing, and prints."""

import gc
import importlib
import os
import sys
from typing import NoReturn

import click

from mockgw import __version__
from mockgw.cli.output import tell
from mockgw.errors import MockgwError
from mockgw.suggest import did_you_mean

# Allocations between garbage collections: more than there are in a start, of which they would take a twentieth.
GENERATION = 500_000
# Each in a module of its own, which is imported when it is called: neither `--help` nor a command waits for the others.
COMMANDS = {
    "serve": "Answer at a URL as scenarios say.",
    "run": "Run a command against a gateway of its own.",
    "tail": "Follow the requests of a running server.",
    "env": "Print the environment that leads clients to a server.",
    "lint": "Tell what is wrong with scenarios.",
    "explain": "Say which rule answers a request, and why.",
    "schema": "Print the JSON Schema of a scenario, for editors.",
    "list": "Show the scenarios that there are.",
    "init": "Write a first scenario into a project.",
    "healthcheck": "Tell whether a server answers.",
}
MODULES = {"list": "listing"}  # a module cannot well be called like a built-in


class Commands(click.Group):
    """Commands; a file in the place of one was meant to be served."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = MODULES.get(cmd_name, cmd_name)
        command: click.Command = getattr(importlib.import_module(f"mockgw.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            meant = _meant(args[0])
            if not meant:
                raise
            raise click.UsageError(f"No such command {args[0]!r}{meant}", ctx) from None


def _meant(word: str) -> str:
    """The end of a message about a word that is no command."""
    from mockgw.scenario.library import SUFFIXES  # slow, and few commands go wrong here

    if word.endswith(SUFFIXES) or os.path.exists(word):
        return f"; did you mean 'mockgw serve {word}'?"
    return did_you_mean(word, COMMANDS)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mockgw")
def cli() -> None:
    """A local Anthropic-compatible LLM gateway that answers as a YAML scenario says.

    \b
    mockgw serve                          serve the scenarios that come with mockgw
    mockgw serve my.yaml tests/scenarios  serve your own files and folders
    mockgw run my.yaml -- pytest          run a command against a gateway of its own
    mockgw init                           begin a scenario of your own
    """


def main() -> NoReturn:
    """Run a command; a problem of the person's making is told on stderr and has an exit code of its own."""
    gc.set_threshold(GENERATION, 20, 20)
    for stream in filter(None, (sys.stdout, sys.stderr)):  # either may be closed
        stream.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
    try:
        sys.exit(cli(prog_name="mockgw", standalone_mode=False))
    except click.ClickException as problem:
        _fail(_told(problem), problem.exit_code)
    except click.Abort:
        _fail("mockgw: stopped", 130)
    except MockgwError as error:
        from mockgw.lint.report import error_lines

        _fail("\n".join(error_lines(error)), error.exit_code)


def _told(problem: click.ClickException) -> str:
    """A problem with the command line in one line; when there was no command at all, the message is the whole help."""
    message = problem.format_message()
    context = getattr(problem, "ctx", None)
    command = context.command_path if context else "mockgw"
    return message if "\n" in message else f"mockgw: {message} ({command} --help explains every flag)"


def _fail(message: str, exit_code: int) -> NoReturn:
    tell(message)
    sys.exit(exit_code)
