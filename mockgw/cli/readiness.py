"""Readiness: how a program that has started a server learns where it answers."""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import orjson

from mockgw.cli.options import option
from mockgw.cli.output import say
from mockgw.errors import SettingsError

FILE = click.Path(path_type=Path, dir_okay=False)


def port_file(command: Any) -> Any:
    """The flag `--port-file`; hand its value to `announcing`."""
    told = "Write the port to this file once requests are taken; it is there as long as they are."
    return option("--port-file", type=FILE, metavar="FILE", help=told)(command)


def ready_json(command: Any) -> Any:
    """The flag `--ready-json`; with it, `ready_line` is the greeting."""
    told = "Print a line of JSON with url, port and pid once requests are taken, instead of the banner."
    return option("--ready-json", is_flag=True, help=told)(command)


def ready_line(url: str, token: str = "") -> str:
    """What a program reads instead of the banner; `token` is that of the control API, if it was made for this run."""
    ready = {"event": "ready", "url": url, "port": port_of(url), "pid": os.getpid()}
    return orjson.dumps(ready | ({"token": token} if token else {})).decode()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@contextlib.contextmanager
def announcing(greet: Callable[[str], str], file: Path | None) -> Iterator[Callable[[str], None]]:
    """What is to be called with the URL when requests are taken. The file is gone when the server is.

    SettingsError when the file cannot be written, or is another one than a port's: nothing of value is overwritten.
    """
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(closing(PortFile(file))) if file else None

        def announce(url: str) -> None:
            if port:
                port.write(port_of(url))
            say(greet(url))

        yield announce


class PortFile:
    """A file that holds a port from `write` to `close`; before, one that an earlier server has left is removed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(f".{path.name}.{os.getpid()}")
        self._text = ""
        with self._told():
            self._make_way()
            self._beside.touch()

    def write(self, port: int) -> None:
        """In one step, so that whoever waits for the file never reads half of it."""
        self._text = f"{port}\n"
        with self._told():
            self._beside.write_text(self._text, encoding="ascii")
            self._beside.replace(self._path)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the folder may be gone
            self._beside.unlink(missing_ok=True)
            if self._text and self._path.read_text(encoding="utf-8", errors="replace") == self._text:
                self._path.unlink()  # it is not of another server by now

    def _make_way(self) -> None:
        if self._path.exists() and not _holds_a_port(self._path):
            raise SettingsError(f"--port-file {self._path}: there is a file that holds no port; it is not overwritten")
        self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SettingsError(f"the port file {self._path} cannot be written: {error.strerror}") from None


def _holds_a_port(path: Path) -> bool:
    if not path.is_file():  # a pipe would be waited for
        return False
    with path.open("rb") as file:
        text = file.read(99).strip()
    return not text or text.isdigit()
