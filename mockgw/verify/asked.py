"""Asked: a kept exchange as a rule saw it."""

from collections.abc import Iterable, Iterator

from mockgw.journal import Exchange
from mockgw.protocol import conversation
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import parse
from mockgw.scenario.context import Context, agent_of
from mockgw.values import light

PATH = "/v1/messages"


@light
class Asked:
    """An exchange that asked for a message, and what can be asked of it."""

    exchange: Exchange
    context: Context

    @property
    def id(self) -> str:
        return self.exchange.request_id


def asked(exchanges: Iterable[Exchange]) -> Iterator[Asked]:
    """Those that asked for a message, in their order; what cannot be read asked for nothing."""
    for exchange in exchanges:
        if (context := context_of(exchange)) is not None:
            yield Asked(exchange, context)


def context_of(exchange: Exchange) -> Context | None:
    """What a rule saw of it, but for the keys, which are not kept; None for anything but a readable request."""
    if (exchange.method, exchange.path) != ("POST", PATH):
        return None
    sent = exchange.headers
    try:
        request = parse(
            exchange.body,
            content_type=sent.get("content-type"),
            content_encoding=sent.get("content-encoding"),
        )
    except ApiError:
        return None
    return Context(
        request=request,
        headers=sent,
        conversation=conversation.read(request.messages),
        session=exchange.session,
        key=exchange.key,
        agent=agent_of(request, sent),
        attempt=exchange.attempt,
        nth_request=exchange.nth_request,
        clock=exchange.clock,
    )
