"""Options: what Python code may say of a gateway beside its rules, checked as flags are."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from mockgw.errors import SettingsError
from mockgw.notation import shown
from mockgw.protocol.dialects import DIALECTS
from mockgw.scenario.chaos import NoChaos, of_flag
from mockgw.settings import LEVELS, is_host, is_token
from mockgw.suggest import did_you_mean
from mockgw.wording import alternatives

OF_SESSION = ("seed", "time_scale", "dialect")
OF_SERVER = (*OF_SESSION, "chaos", "validate", "gateway", "host", "hosts", "token", "cors", "session_age")
OF_MARK = ("scenario", *OF_SESSION, "strict", "allow_unmatched")


def _is_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _from_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _are_hosts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) and is_host(name) for name in value)


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and is_token(value)


def _one_of(words: Collection[str]) -> tuple[Callable[[Any], bool], str]:
    return words.__contains__, alternatives(list(words))


KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "scenario": (_is_of(str), "the name of a scenario"),
    "seed": (_is_of(int), "a whole number"),
    "time_scale": (_from_zero, "a number from 0"),
    "dialect": _one_of(list(DIALECTS)),
    "strict": (_is_of(bool), "True or False"),
    "allow_unmatched": (_is_of(bool), "True or False"),
    "chaos": (_is_of(str), "text such as 'error:429=0.1'"),
    "validate": _one_of(LEVELS),
    "gateway": (lambda value: isinstance(value, str | Path), "the path of a file"),
    "host": (_is_of(str), "an address of this machine"),
    "hosts": (_are_hosts, "a list of names such as 'gateway.test'"),
    "token": (_is_token, "letters, digits and signs of ASCII, without blanks"),
    "cors": _one_of(["loopback", "any"]),
    "session_age": (_from_zero, "a number of seconds"),
}


def check(place: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    """SettingsError for an option that is not known there, or whose value it does not take."""
    for name, value in given.items():
        if name not in known:
            hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise SettingsError(f"{place}: unknown argument {name!r}{hint}")
        fits, expected = KINDS[name]
        if not fits(value):
            raise SettingsError(f"{place}: {name!r} takes {expected}, found {shown(value)}")
    if "chaos" in given:
        _check_chaos(place, given["chaos"])


def _check_chaos(place: str, text: str) -> None:
    try:
        of_flag(text)
    except NoChaos as problem:
        raise SettingsError(f"{place}: 'chaos': {problem}") from None
