"""Models: which are served, how large a request they take, and which answer in their place."""

from collections.abc import Iterator

from mockgw.protocol.errors import ApiError, invalid
from mockgw.protocol.models import find, scenario_of
from mockgw.protocol.requests import MessagesRequest
from mockgw.protocol.wordings import said
from mockgw.scenario.gateway.limits import ModelClass
from mockgw.scenario.gateway.terms import Terms

MOST_FALLBACKS = 3  # https://openrouter.ai/docs: of a request


def class_of(name: str) -> ModelClass:
    """The class whose limits count for a model."""
    model = find(name)
    return (model and model.line) or "other"


def check_name(name: str, terms: Terms) -> None:
    """404 for a model that is not served, in the words that clients look for."""
    if terms.section.model_naming == "strict" and not _is_served(name, terms):
        raise ApiError(404, said("model", model=name), param="model")


def _is_served(name: str, terms: Terms) -> bool:
    """Under strict naming a name counts as it is spelled: it is in the list, or an alias of what is."""
    model = find(name)
    known = model is not None and model.lifecycle != "retired" and name in (model.id, *model.aliases)
    return known or scenario_of(name) is not None or name in terms.section.models


def check_size(request: MessagesRequest, terms: Terms) -> None:
    """400 for more input or output than the scenario says that the model takes."""
    model = find(request.model)
    form = terms.model(request.model, model.id if model else request.model)
    if form.max_tokens is not None and (request.max_tokens or 0) > form.max_tokens:
        told = said("max_tokens", found=request.max_tokens, most=form.max_tokens, model=request.model)
        raise invalid(told, "max_tokens")
    if form.window is not None and request.input_tokens > form.window:
        raise invalid(said("prompt", found=request.input_tokens, most=form.window), "messages")


def candidates(request: MessagesRequest, terms: Terms) -> Iterator[str]:
    """The model that is asked for, then those that may answer instead: the request's own, else the gateway's."""
    yield request.model
    yield from _named(request) or terms.section.fallbacks.get(request.model, [])


def names_others(body: object) -> bool:
    """Whether a body, which may be anything, names models that may answer instead."""
    return isinstance(body, dict) and bool(body.get("models") or body.get("fallbacks"))


def _named(request: MessagesRequest) -> list[str]:
    listed, fallbacks = request.body.get("models"), request.body.get("fallbacks")
    if fallbacks is None:
        return _checked(listed, "models", str) if listed is not None else []
    if listed is not None:
        raise invalid("fallbacks: cannot be used together with models", "fallbacks")
    named = _checked(fallbacks, "fallbacks", dict)
    if len(named) > MOST_FALLBACKS:
        raise invalid(
            f"fallbacks: List should have at most {MOST_FALLBACKS} items after validation, not {len(named)}",
            "fallbacks",
        )
    return _checked([one.get("model") for one in named], "fallbacks", str)


def _checked(value: object, param: str, kind: type) -> list:  # type: ignore[type-arg]  # of what `kind` is
    if not isinstance(value, list):
        raise invalid(f"{param}: Input should be a valid array", param)
    for index, one in enumerate(value):
        if not isinstance(one, kind):
            expected = "a valid string" if kind is str else "an object"
            raise invalid(f"{param}.{index}: Input should be {expected}", param)
    return value
