"""Options: flags and arguments that several commands have."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mockgw.protocol.dialects import DIALECTS
from mockgw.settings import DEFAULT_PORT, LEVELS, SESSION_AGE, is_host

Decorator = Callable[[Any], Any]


def option(flag: str, *name: str, **attributes: Any) -> Decorator:
    """A flag that can be set in the environment too; `name` is the parameter's, if it is called otherwise."""
    variable = "MOCKGW_" + flag.split("/")[0].removeprefix("--").upper().replace("-", "_")
    return click.option(flag, *name, envvar=variable, show_envvar=True, show_default=True, **attributes)


def finite(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The value of a flag, if one can count with it."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number to multiply with.")
    return value


def paths(command: Any) -> Any:
    """Files and folders of scenarios; the shipped ones when none are named."""
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")(command)


def scenario(command: Any) -> Any:
    told = "The scenario that answers when a request names none."
    return option("--scenario", metavar="NAME", help=told)(command)


def format(*choices: str, told: str = "For people or programs.") -> Decorator:
    """The form of what is printed, the first one if there is no flag."""
    kinds = click.Choice(choices or ("text", "json"))
    return click.option("--format", type=kinds, default=kinds.choices[0], show_default=True, help=told)


def engine(command: Any) -> Any:
    """What decides about answers, wherever they are given."""
    for add in (
        option(
            "--time-scale",
            type=click.FloatRange(min=0.0),
            default=1.0,
            callback=finite,
            help="Scales the waits that mockgw makes: 0 is none, 0.5 half as long.",
        ),
        option(
            "--chaos",
            metavar="WHAT=RATE,…",
            default="",
            callback=read_chaos,
            help="What strikes at random: error:429=0.1,truncate=0.05,delay:2s=0.2.",
        ),
        option(
            "--validate",
            type=click.Choice(LEVELS),
            default="schema",
            help="How strictly requests are checked; with -report what is wrong is only noted.",
        ),
        option("--seed", type=int, default=0, help="Every id, word and delay that is drawn comes from it."),
        option(
            "--gateway",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="The gateway (keys, limits, credits) of scenarios that have none.",
        ),
        option(
            "--dialect", type=click.Choice(list(DIALECTS)), default="siraya", help="Which gateway's errors and headers."
        ),
    ):
        command = add(command)
    return command


def session_age(command: Any) -> Any:
    """How long a session is kept."""
    told = "A session that nobody uses for so many seconds is forgotten."
    flag = option("--session-age", type=click.FloatRange(min=1.0), default=SESSION_AGE, callback=finite, help=told)
    return flag(command)


def read_hosts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Names of hosts, as a Host header has them."""
    names = [name for part in value for name in part.replace(",", " ").split()]
    for name in names:
        if not is_host(name):
            raise click.BadParameter(f"{name!r} is no name of a host; write it alone, without http:// and port.")
    return tuple(dict.fromkeys(name.lower().removesuffix(".") for name in names))


def read_chaos(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The value of the flag, if it can be read."""
    from mockgw.scenario.chaos import NoChaos, of_flag  # slow, and --help needs none

    try:
        of_flag(value)
    except NoChaos as problem:
        raise click.BadParameter(str(problem)) from None
    return value


def refuse_workers(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """More processes would each have counts of their own."""
    if value is not None:
        told = "mockgw is one process: its sessions, counts and journal live in it, and others would not know of them"
        raise click.UsageError(f"--workers {value}: {told}; for more, start several on ports of their own", context)


def workers(command: Any) -> Any:
    """The flag that other servers have."""
    return click.option("--workers", hidden=True, expose_value=False, callback=refuse_workers)(command)


def api_key(command: Any) -> Any:
    """By which of its two variables an environment leads here."""
    told = "Set ANTHROPIC_API_KEY instead of ANTHROPIC_AUTH_TOKEN: LangChain, Pydantic AI and llm know no other."
    return click.option("--api-key", is_flag=True, help=told)(command)


def address(command: Any) -> Any:
    """Where a server listens, for those who look for it; the flags and variables are those of `mockgw serve`."""
    for add in (
        option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, help="The port that it listens on."),
        option("--host", default="127.0.0.1", help="The address that it listens on."),
    ):
        command = add(command)
    return command
