"""Env: the lines that lead the clients of a shell here."""

import os
import shlex
from collections.abc import Callable, Mapping

import click

from mockgw.cli import options
from mockgw.cli.environment import complete
from mockgw.cli.output import say
from mockgw.server.listening import url


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _powershell(name: str, value: str) -> str:
    escaped = value.replace("'", "''")
    return f"$env:{name} = '{escaped}'"


def _dotenv(name: str, value: str) -> str:
    """No value has a blank or a line break, so none needs quotes, on which the readers of such files do not agree."""
    return f"{name}={value}"


FORMATS: Mapping[str, Callable[[str, str], str]] = {
    "sh": _sh,
    "fish": _fish,
    "powershell": _powershell,
    "dotenv": _dotenv,
}


@click.command()
@options.address
@options.api_key
@click.option(
    "--format",
    "shell",
    type=click.Choice(list(FORMATS)),
    default="sh",
    show_default=True,
    help="For which shell; dotenv is for files: .env, docker --env-file, $GITHUB_ENV.",
)
def env(host: str, port: int, shell: str, *, api_key: bool) -> None:
    """Print what `mockgw run` sets, for a shell that stays and a `mockgw serve` that runs elsewhere.

    \b
    eval "$(mockgw env)"                          sh, bash, zsh
    mockgw env --format fish | source             fish
    mockgw env --format powershell | iex          PowerShell
    mockgw env --format dotenv >> "$GITHUB_ENV"   later steps of a GitHub job

    A proxy that the shell has is kept, and not asked for this machine.
    """
    for name, value in complete(url(host, port), os.environ, api_key=api_key).items():
        say(FORMATS[shell](name, value))
