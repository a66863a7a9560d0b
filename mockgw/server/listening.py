"""Listening: the address that the server takes."""

import errno
import socket
import sys

from mockgw.errors import PortInUseError

BACKLOG = 2048
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HINTS = {
    errno.EADDRINUSE: "; another program listens there; choose another with --port, or --port 0 for any free one",
    errno.EADDRNOTAVAIL: "; this machine has no such address; --host 127.0.0.1 always works",
    errno.EACCES: "; ports below 1024 need special rights; choose another with --port, or --port 0 for any free one",
}


def bind(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything is promised; PortInUseError says why not."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise PortInUseError(f"--host {host}: this is no address of this machine ({error})") from None
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # On Windows it would let two servers share a port; elsewhere it lets a server start again at once.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, sys.platform != "win32")
        listening.bind(address)
        listening.listen(BACKLOG)  # of two that bind at the same moment, one hears of it here
    except OSError as error:
        listening.close()
        raise not_listening(host, port, error) from None
    return listening


def not_listening(host: str, port: int, error: OSError) -> PortInUseError:
    hint = HINTS.get(error.errno or 0, "")
    return PortInUseError(f"cannot listen on {host}:{port}: {error.strerror or error}{hint}")


def url_of(listening: socket.socket) -> str:
    return url(*listening.getsockname()[:2])


def url(host: str, port: int) -> str:
    """Where clients on this machine find a server that listens there."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
