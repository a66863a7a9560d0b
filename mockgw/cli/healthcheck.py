"""Healthcheck: whether a mockgw answers."""

import http.client
import socket

import click

from mockgw.cli import options
from mockgw.errors import MockgwError
from mockgw.server.listening import url

PATIENCE = 1.0  # seconds, to connect and to answer
OURS = b"mockgw "
UNREACHED = (OSError, UnicodeError, http.client.InvalidURL)


@click.command()
@options.address
def healthcheck(host: str, port: int) -> None:
    """Exit with 0 if a mockgw answers there, else with 1 and a line that says why not.

    \b
    mockgw healthcheck                    a `mockgw serve` with the same flags
    HEALTHCHECK CMD mockgw healthcheck    in a Dockerfile
    """
    address = url(host, port)
    try:
        ours = _is_ours(address, PATIENCE)
    except UNREACHED as error:
        raise MockgwError(f"no answer at {address}: {reason(error, PATIENCE)}") from None
    if not ours:
        raise MockgwError(f"what answers at {address} is not mockgw")


def answers(address: str, *, patience: float) -> bool:
    """Whether a mockgw answers there within so many seconds."""
    try:
        return _is_ours(address, patience)
    except UNREACHED:
        return False


def _is_ours(address: str, patience: float) -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=patience)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read(len(OURS)) == OURS
    except http.client.InvalidURL:
        raise
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def reason(error: Exception, patience: float) -> str:
    """Why there was no answer."""
    if isinstance(error, TimeoutError):
        return f"it took more than {patience:g} s"
    if isinstance(error, socket.gaierror | UnicodeError | http.client.InvalidURL):
        return "there is no such host"
    return str(getattr(error, "strerror", None) or error)
