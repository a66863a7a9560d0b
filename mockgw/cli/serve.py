"""Serve: answer at a URL as scenarios say."""

import os
import socket
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from mockgw import __version__
from mockgw.cli import options, readiness, recording, reporting
from mockgw.cli.environment import variables
from mockgw.cli.options import option
from mockgw.cli.output import say, tell
from mockgw.cli.reporting import Reporting, Target
from mockgw.cli.tokens import TOLD, made_token, token_of
from mockgw.errors import PortInUseError
from mockgw.lint.check import open_checked
from mockgw.lint.report import problem_line
from mockgw.log import json_line
from mockgw.pipeline import Pipeline
from mockgw.reload import News, Reloader, look
from mockgw.scenario.library import SUFFIXES, Library, shipped
from mockgw.server.listening import bind, url
from mockgw.settings import DEFAULT_PORT, Settings

OWN = Path("scenarios")
BANNER = """\
mockgw {version} answers at {url}, offline and free.
In a browser it shows what clients do, live, and has the switches to break it.

Claude Code - paste these lines, then run `claude`:
  export {environment}

An SDK - any key will do:
  client = anthropic.Anthropic(base_url="{url}", api_key="mock")

curl:
  curl {url}/v1/messages -H 'authorization: Bearer mock' -H 'content-type: application/json' \\
    -d '{{"model":"claude-opus-5-5","max_tokens":100,"messages":[{{"role":"user","content":"Hello"}}]}}'

Scenarios (choose one with --scenario, the header x-mockgw-scenario or the
model claude-mock/<name>):
{scenarios}
{reload}
{token}Ready."""
RELOAD = """
Edit them while mockgw runs: it takes them as they are saved, or says what is wrong.
"""


@click.command()
@options.paths
@options.scenario
@option("--reload/--no-reload", default=True, help="Whether changed files are picked up while it runs.")
@option("--host", default="127.0.0.1", help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, help="The port; 0 takes any free one.")
@options.engine
@options.session_age
@option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    callback=options.read_hosts,
    help="A name by which the control API may be called beside this machine's own.",
)
@option("--cors", type=click.Choice(["loopback", "any"]), default="loopback", help="Which web pages may call.")
@option("--log-format", type=click.Choice(["text", "json"]), default="text", help="How each request is logged.")
@option("--quiet", is_flag=True, help="Print the URL and Ready., nothing about requests.")
@readiness.ready_json
@readiness.port_file
@recording.journal
@reporting.reports
@options.workers
def serve(
    paths: tuple[Path, ...],
    scenario: str | None,
    log_format: str,
    port_file: Path | None,
    journal: Path | None,
    reports: tuple[Target, ...],
    fail_on: tuple[str, ...] | None,
    *,
    reload: bool,
    quiet: bool,
    ready_json: bool,
    **settings: Any,
) -> int:
    """Serve scenarios: the files and folders PATH, or those that come with mockgw.

    Each file is one scenario, called by its name. A request that names none is answered by the default.yaml of a
    folder, else by the first file named, else by the first of the folder in alphabetical order.

    \b
    mockgw serve                                 what ships, on port 6625
    mockgw serve weather.yaml --port 0           one file, on any free port
    mockgw serve scenarios --scenario thinking   a folder, and which of it answers
    mockgw serve --port 0 --quiet --ready-json   for a program: its address is the first line

    \b
    Exit codes:
      0  it was stopped
      2  a flag is wrong
      3  a path is not there, or a file cannot be written
      4  there are errors in scenarios
      5  the address cannot be listened on
      6  it was stopped, and its --report says that something was wrong (see mockgw run --help)
    """
    from mockgw.server.runner import Server  # the server's imports are slow, and --help needs none

    seen = look(paths)
    library, checked = open_checked(paths, scenario)
    for line in (*map(problem_line, checked.warnings), *_overlooked(paths)):
        tell(line)
    given = token_of(os.environ)
    pipeline = Pipeline(library, Settings(token=given or made_token(settings["host"]), **settings))
    pipeline.observers.extend(recording.observers(journal=journal))
    log = recording.Printed(json_line if log_format == "json" else recording.text_lines())
    if not quiet:
        pipeline.observers.append(log)
    told = Reporting(reports, fail_on)
    told.prepare()
    collector = told.begin(pipeline) if told.wanted else None
    spreading = partial(spread, log_format=log_format, quiet=quiet)
    reloader = Reloader(pipeline, paths, scenario, seen, partial(log.in_turn, spreading))
    made = "" if given else pipeline.settings.token
    greeting = partial(banner, library=library, log_format=log_format, reload=reload, quiet=quiet, token=made)
    greet = partial(readiness.ready_line, token=made) if ready_json else greeting
    follow = [reloader.follow] if reload else []
    with _bound(pipeline.settings) as listening, readiness.announcing(greet, port_file) as announce:
        try:
            Server(pipeline, announce, follow, listening, reloader=reloader).run()
        finally:
            log.flush()
    exit_code = told.give(collector) if collector else 0
    if reloader.busy:  # pragma: no cover - no test can end itself. Python would end a thread in native code: it aborts
        os._exit(exit_code)
    return exit_code


def _overlooked(paths: Sequence[Path]) -> Iterator[str]:
    """That there are scenarios here, to whoever may believe that they are served."""
    own = not paths and any(file.suffix in SUFFIXES for file in OWN.glob("*"))
    if own and not OWN.samefile(shipped()):
        yield f"mockgw: there are scenarios in ./{OWN}; `mockgw serve {OWN}` serves them"


def _bound(settings: Settings) -> socket.socket:
    """The address to listen on; whoever starts a second mockgw there mostly forgot the first."""
    host, port = settings.host, settings.port
    try:
        return bind(host, port)
    except PortInUseError:
        from mockgw.cli.healthcheck import answers  # it takes http.client, which is slow to import

        if not answers(url(host, port), patience=0.5):
            raise
    env = "mockgw env" if port == DEFAULT_PORT else f"mockgw env --port {port}"
    hint = f"`{env}` leads to it; for another one, choose another port with --port"
    raise PortInUseError(f"cannot listen on {host}:{port}: a mockgw answers there already; {hint}")


def spread(news: News, log_format: str, *, quiet: bool) -> None:
    """What is wrong goes to stderr, as it did at the start; the log on stdout has its line."""
    if news.complaint:
        tell(news.complaint)
    line = news.json_line if log_format == "json" else news.text_line
    if line and not quiet:
        say(line)


def banner(url: str, library: Library, log_format: str, *, reload: bool, quiet: bool, token: str = "") -> str:
    if log_format == "json":
        ready = {"event": "ready", "message": "Ready.", "url": url, "scenarios": list(library.scenarios)}
        return orjson.dumps(ready | ({"token": token} if token else {})).decode()
    told_token = TOLD.format(url=url, token=token) if token else ""
    if quiet:
        return f"mockgw {__version__} answers at {url}\n{told_token}Ready."
    width = max(len(name) for name in library.scenarios)
    lines = [
        f"  {'*' if name == library.chosen else ' '} {name:<{width}}  {scenario.description}".rstrip()
        for name, scenario in library.scenarios.items()
    ]
    told = RELOAD if reload else ""
    environment = " ".join(f"{name}={value}" for name, value in variables(url).items())
    return BANNER.format(
        version=__version__, url=url, environment=environment, scenarios="\n".join(lines), reload=told, token=told_token
    )
