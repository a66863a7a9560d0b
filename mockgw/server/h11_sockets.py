"""h11 sockets: connections that are read in Python alone."""

from uvicorn.protocols.http.h11_impl import H11Protocol

from mockgw.server.sockets import HandsOver


class H11Connection(HandsOver, H11Protocol):
    """A connection that is read in Python alone."""
