"""Command line: each command reads its flags, calls one thing, and prints."""

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from mockgw import __version__
from mockgw.engine import template
from mockgw.errors import MockgwError
from mockgw.log import json_line, text_line
from mockgw.pipeline import Pipeline
from mockgw.protocol.dialects import DIALECTS
from mockgw.scenario.library import SUFFIXES, Library, open_library
from mockgw.settings import DEFAULT_PORT, Settings

# An empty key counts as unset for every client, so that a real one in the shell is never sent.
ENVIRONMENT = (
    "ANTHROPIC_BASE_URL={url} ANTHROPIC_AUTH_TOKEN=mock ANTHROPIC_API_KEY= CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1"
)
BANNER = """\
mockgw {version} answers at {url}, offline and free.

Claude Code - paste these lines, then run `claude`:
  export {environment}

An SDK - any key will do:
  client = anthropic.Anthropic(base_url="{url}", api_key="mock")

curl:
  curl {url}/v1/messages -H 'authorization: Bearer mock' -H 'content-type: application/json' \\
    -d '{{"model":"claude-opus-5-5","max_tokens":100,"messages":[{{"role":"user","content":"Hello"}}]}}'

Scenarios (choose one with the header x-mockgw-scenario, the model claude-mock/<name> or --scenario):
{scenarios}

Ready."""


def option(flag: str, **attributes: Any) -> Callable[[Any], Any]:
    """A flag that can be set in the environment too."""
    variable = "MOCKGW_" + flag.split("/")[0].removeprefix("--").upper().replace("-", "_")
    return click.option(flag, envvar=variable, show_envvar=True, show_default=True, **attributes)


def finite(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The value of a flag, if one can count with it."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number to multiply with.")
    return value


class Commands(click.Group):
    """Commands; a file in the place of one was meant to be served."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if not args[0].endswith(SUFFIXES) and not os.path.exists(args[0]):
                raise
            told = f"No such command {args[0]!r}; did you mean 'mockgw serve {args[0]}'?"
            raise click.UsageError(told, ctx) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mockgw")
def cli() -> None:
    """A local Anthropic-compatible LLM gateway that answers as a YAML scenario says.

    \b
    mockgw serve                          serve the scenarios that come with mockgw
    mockgw serve my.yaml tests/scenarios  serve your own files and folders
    """


@cli.command(short_help="Answer at a URL as scenarios say.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@option("--scenario", metavar="NAME", help="The scenario that answers when a request names none.")
@option("--dialect", type=click.Choice(list(DIALECTS)), default="siraya", help="Which gateway's errors and headers.")
@option("--host", default="127.0.0.1", help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, help="The port; 0 takes any free one.")
@option("--seed", type=int, default=0, help="Every id, word and delay that is drawn comes from it.")
@option(
    "--time-scale",
    type=click.FloatRange(min=0.0),
    default=1.0,
    callback=finite,
    help="Scales the waits that mockgw makes: 0 is none, 0.5 half as long.",
)
@option("--cors", type=click.Choice(["loopback", "any"]), default="loopback", help="Which web pages may call.")
@option("--log-format", type=click.Choice(["text", "json"]), default="text", help="How each request is logged.")
@option("--quiet", is_flag=True, help="Print the URL and Ready., nothing about requests.")
def serve(paths: tuple[Path, ...], scenario: str | None, log_format: str, *, quiet: bool, **settings: Any) -> None:
    """Serve scenarios: the files and folders PATH, or those that come with mockgw.

    Each file is one scenario, called by its name. A request that names none is answered by the default.yaml of a
    folder, else by the first file named, else by the first of the folder in alphabetical order.

    \b
    mockgw serve                                 everything that ships, on port 6625
    mockgw serve weather.yaml --port 0           one file, on any free port
    mockgw serve scenarios --scenario thinking   a folder, and which of it answers
    """
    from mockgw.server.runner import Server  # the server's imports are slow, and --help needs none

    library = open_library(paths, scenario)
    for loaded in library.scenarios.values():
        template.check(loaded.document)
    pipeline = Pipeline(library, Settings(**settings))
    if not quiet:
        line = json_line if log_format == "json" else text_line
        pipeline.observers.append(lambda exchange: say(line(exchange)))
    Server(pipeline, on_ready=lambda url: say(banner(url, library, log_format, quiet=quiet))).run()


def banner(url: str, library: Library, log_format: str, *, quiet: bool) -> str:
    if log_format == "json":
        ready = {"event": "ready", "message": "Ready.", "url": url, "scenarios": list(library.scenarios)}
        return orjson.dumps(ready).decode()
    if quiet:
        return f"mockgw {__version__} answers at {url}\nReady."
    width = max(len(name) for name in library.scenarios)
    lines = [
        f"  {'*' if name == library.chosen else ' '} {name:<{width}}  {scenario.description}".rstrip()
        for name, scenario in library.scenarios.items()
    ]
    environment = ENVIRONMENT.format(url=url)
    return BANNER.format(version=__version__, url=url, environment=environment, scenarios="\n".join(lines))


def say(text: str) -> None:
    """A line on stdout, at once. Whoever closed it does not want to hear, and the server goes on without."""
    try:
        print(text, flush=True)
    except OSError:
        # What is still buffered goes nowhere, so that the end of the process finds nothing to complain of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> NoReturn:
    """Run a command; a problem of the person's making is one line on stderr and an exit code of its own."""
    for stream in filter(None, (sys.stdout, sys.stderr)):  # either may be closed
        stream.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
    try:
        sys.exit(cli(prog_name="mockgw", standalone_mode=False))
    except click.ClickException as problem:
        _fail(_told(problem.format_message()), problem.exit_code)
    except click.Abort:
        _fail("mockgw: stopped", 130)
    except MockgwError as problem:
        _fail(f"mockgw: {problem}", problem.exit_code)


def _told(message: str) -> str:
    """A problem with the command line in one line; when there was no command at all, the message is the whole help."""
    return message if "\n" in message else f"mockgw: {message} (mockgw serve --help explains every flag)"


def _fail(message: str, exit_code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(exit_code)
