"""Thinking: what of it a request asks for, by itself or by the ways of its model."""

from mockgw.protocol.models import find
from mockgw.protocol.requests import MessagesRequest

# The types with which a model may think.
ON = ("adaptive", "between_tools", "enabled")


def type_of(request: MessagesRequest) -> str:
    """The type that a request names, or that its model uses when it names none."""
    named = (request.thinking or {}).get("type")
    if isinstance(named, str):
        return named
    model = find(request.model)
    return "adaptive" if model is not None and model.abilities.thinks else "disabled"
