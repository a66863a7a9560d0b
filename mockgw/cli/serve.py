"""Serve: answer at a URL as scenarios say."""

from pathlib import Path
from typing import Any

import click
import orjson

from mockgw import __version__
from mockgw.cli import options
from mockgw.cli.environment import variables
from mockgw.cli.options import option
from mockgw.cli.output import say, tell
from mockgw.lint.check import open_checked
from mockgw.log import json_line, text_line
from mockgw.pipeline import Pipeline
from mockgw.scenario.library import Library
from mockgw.settings import DEFAULT_PORT, Settings

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


@click.command(short_help="Answer at a URL as scenarios say.")
@options.paths
@options.scenario
@option("--host", default="127.0.0.1", help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, help="The port; 0 takes any free one.")
@options.engine
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

    library, report = open_checked(paths, scenario)
    for warning in report.warnings:
        tell(f"mockgw: warning: {warning}")
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
    environment = " ".join(f"{name}={value}" for name, value in variables(url).items())
    return BANNER.format(version=__version__, url=url, environment=environment, scenarios="\n".join(lines))
