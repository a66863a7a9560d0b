"""Routing: which providers may serve a request, and in which order they are tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf

from mockgw.gateway.credits import written
from mockgw.protocol.models import canonical
from mockgw.protocol.preferences import Preferences
from mockgw.protocol.prices import Prices
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.gateway.amounts import PER_MILLION
from mockgw.scenario.gateway.providers import Endpoint, Provider

# Parameters that every provider takes, or that are the gateway's own.
ALWAYS_TAKEN = frozenset(
    ("model", "messages", "max_tokens", "stream", "system", "metadata", "provider", "extra_body", "models", "fallbacks")
)
# https://openrouter.ai/docs/guides/features/service-tiers: not meant when their provider's name alone is given.
TIERS = ("flex", "priority")
SUFFIXES = {":nitro": "throughput", ":floor": "price"}


@dataclass(frozen=True, slots=True)
class Host:
    """A provider that has the model, and on which terms."""

    name: str
    provider: Provider
    prices: Prices | None
    throughput: float | None
    latency: float | None
    max_tokens: int | None
    supports: frozenset[str] | None
    quantization: str

    def takes(self, parameters: Iterable[str]) -> bool:
        return self.supports is None or self.supports.issuperset(parameters)


@dataclass(frozen=True, slots=True)
class Routing:
    """The providers that may serve, the first to be tried in front; and why the others may not, by their names."""

    hosts: Sequence[Host]
    excluded: Mapping[str, str]


def routing(
    providers: Mapping[str, Provider],
    request: MessagesRequest,
    wanted: Preferences,
    *,
    usual: Prices | None,
    failing: Callable[[str], bool],
) -> Routing:
    """Who may serve a request. `usual` is what its model costs where a provider does not say; `failing` providers come
    last, where nothing else says who is first."""
    hosting = {name: _host(name, one, request.model, usual) for name, one in providers.items()}
    hosts = [host for host in hosting.values() if host is not None]
    reasons = {host.name: _reason(host, wanted, request) for host in hosts}
    excluded = {name: "models" if host is None else reasons[name] for name, host in hosting.items()}
    left = [host for host in hosts if not reasons[host.name]]
    return Routing(
        _ordered(left, wanted, request, failing), {name: reason for name, reason in excluded.items() if reason}
    )


def _host(name: str, provider: Provider, model: str, usual: Prices | None) -> Host | None:
    """The provider as the host of a model; what it says of the model itself counts before what it says of all."""
    own: Endpoint = provider
    if provider.models is not None:
        found = _hosted(provider.models, model)
        if found is None:
            return None
        own = provider.model_copy(update={key: getattr(found, key) for key in found.model_fields_set})
    return Host(
        name,
        provider,
        written(own.prices) if own.prices else usual,
        own.throughput,
        own.latency,
        own.max_tokens,
        None if own.supports is None else frozenset(own.supports),
        own.quantization,
    )


def _hosted(models: Mapping[str, Endpoint], name: str) -> Endpoint | None:
    wanted = canonical(name)
    return models.get(name) or next((one for key, one in models.items() if canonical(key) == wanted), None)


def means(slug: str, name: str) -> bool:
    """Whether a request that names a provider so means this one: its base name means all of its endpoints."""
    slug, name = slug.casefold(), name.casefold()
    if slug == name:
        return True
    base, _, endpoint = name.partition("/")
    return slug == base and endpoint not in TIERS


def _named(slugs: Iterable[str], host: Host) -> bool:
    return any(means(slug, host.name) for slug in slugs)


def parameters(request: MessagesRequest) -> frozenset[str]:
    """The parameters of a request that a provider may not take."""
    return frozenset(name for name, value in request.body.items() if value is not None) - ALWAYS_TAKEN


def _within(most: Mapping[str, float | str], prices: Prices | None) -> bool:
    """Whether no price is above those that a request names; one that nobody knows is. Nothing here costs by request."""
    if prices is None:
        return not {"prompt", "completion"} & most.keys()
    asked = {"prompt": prices.input, "completion": prices.output}
    return all(found <= Decimal(str(most[name])) * PER_MILLION for name, found in asked.items() if name in most)


Filter = Callable[[Host, Preferences, MessagesRequest], bool]
# What a host has to hold to be a candidate, by what keeps it from being one.
FILTERS: Mapping[str, Filter] = {
    "only": lambda host, wanted, request: not wanted.only or _named(wanted.only, host),
    "ignore": lambda host, wanted, request: not _named(wanted.ignore, host),
    "order": lambda host, wanted, request: wanted.allow_fallbacks or not wanted.order or _named(wanted.order, host),
    "data_collection": lambda host, wanted, request: not (wanted.deny_collection and host.provider.data_collection),
    "zdr": lambda host, wanted, request: host.provider.zdr or not wanted.zdr,
    "quantizations": lambda host, wanted, request: (
        not wanted.quantizations or host.quantization in wanted.quantizations
    ),
    "max_price": lambda host, wanted, request: _within(wanted.max_price, host.prices),
    "require_parameters": lambda host, wanted, request: (
        not wanted.require_parameters or host.takes(parameters(request))
    ),
    "max_tokens": lambda host, wanted, request: host.max_tokens is None or (request.max_tokens or 0) <= host.max_tokens,
}


def _reason(host: Host, wanted: Preferences, request: MessagesRequest) -> str:
    """What keeps a host from being a candidate; nothing if it is one."""
    return next((name for name, holds in FILTERS.items() if not holds(host, wanted, request)), "")


def _cheapest(host: Host) -> float:
    return host.prices.input + host.prices.output if host.prices else inf


SORTS: Mapping[str, Callable[[Host], float]] = {
    "price": _cheapest,
    "throughput": lambda host: -(host.throughput or 0.0),
    "latency": lambda host: inf if host.latency is None else host.latency,
}


def sort_of(model: str) -> str:
    """How the name of a model wants its providers to be sorted; nothing if it does not say."""
    return next((sort for suffix, sort in SUFFIXES.items() if model.endswith(suffix)), "")


def _ordered(
    hosts: list[Host], wanted: Preferences, request: MessagesRequest, failing: Callable[[str], bool]
) -> list[Host]:
    """Those that are named in their order, then as the request sorts; else those that have not failed, the cheapest
    first. Those that are equal stand as they are written."""
    by = wanted.sort or sort_of(request.model)
    tools = ["tools"] if request.tools else []

    def usual(host: Host) -> tuple[float, ...]:
        return (failing(host.name), not host.takes(tools), _cheapest(host))

    left = sorted(hosts, key=(lambda host: (SORTS[by](host),)) if by else usual)
    first = list(_in_order(wanted.order, left))
    found = [*first, *(host for host in left if host not in first)]
    return found if wanted.allow_fallbacks or wanted.order else found[:1]


def _in_order(order: Iterable[str], hosts: list[Host]) -> Iterator[Host]:
    """Each once."""
    named = (host for slug in order for host in hosts if means(slug, host.name))
    return iter({host.name: host for host in named}.values())
