"""Serving: a gateway for a Python program, from files or from nothing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mockgw.scenario.library import Library
from mockgw.scenario.model import without_rules
from mockgw.sessions import Own
from mockgw.settings import Settings
from mockgw.testing.gateway import Gateway, opened
from mockgw.testing.hosts import Host, with_port, without_port
from mockgw.testing.options import OF_SERVER, check

NAME = "test"  # of the session
EMPTY = "python"  # the scenario that has no rules but those which are given


class Serving(Gateway):
    """A gateway that runs from `with` until the end of its block, or from `start()` until `stop()`."""

    def __init__(self, pipeline: Any, *, socket: bool, name: str) -> None:
        self._pipeline, self._socket = pipeline, socket
        self._host: Host
        self.name = name

    def start(self) -> Self:
        """Answer from now on, in a thread; returns when requests are taken."""
        host = with_port(self._pipeline) if self._socket else without_port(self._pipeline)
        super().__init__(host, self.name, Own())
        return self

    def stop(self) -> None:
        """End at once, whatever clients have left open."""
        self._host.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    *paths: str | Path,
    scenario: str | None = None,
    session: str = NAME,
    socket: bool = True,
    port: int = 0,
    **settings: Any,
) -> Serving:
    """A gateway that answers from scenarios: `with mockgw.serve("weather.yaml") as gw: …`.

    paths     files, folders, or names of scenarios that come with mockgw; none: it has the rules that it is given
    scenario  which of them answers when a request names none
    session   the name of the session that it is about
    socket    False: it is reached through `transport()` only
    settings  as the flags of `mockgw serve`: seed, time_scale, dialect, chaos, validate, gateway, host, cors,
              session_age; `hosts` are its --allow-host, `token` is its MOCKGW_TOKEN
    """
    from mockgw.pipeline import Pipeline

    check("serve()", settings, OF_SERVER)
    library = opened(paths, scenario) if paths else nothing()
    return Serving(Pipeline(library, settings_of(settings, port)), socket=socket, name=session)


def settings_of(given: Mapping[str, Any], port: int) -> Settings:
    """As the flags would make them."""
    found = Settings(port=port, **given)
    hosts = tuple(name.lower().removesuffix(".") for name in found.hosts)
    return replace(found, hosts=hosts, gateway=Path(found.gateway) if found.gateway else None)


def nothing() -> Library:
    """The library of a gateway that has no files."""
    return Library({EMPTY: without_rules(EMPTY)}, EMPTY)
