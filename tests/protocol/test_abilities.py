"""Abilities: what /v1/models says of models."""

from typing import Any

from mockgw.protocol.models import find, model_info


def info_of(name: str) -> dict[str, Any]:
    model = find(name)
    assert model is not None
    return model_info(model)


def test_a_model_shows_what_it_can_do() -> None:
    info = info_of("claude-haiku-4-5")

    assert (info["max_input_tokens"], info["max_tokens"], info["line"]) == (200_000, 64_000, "haiku")
    assert info["capabilities"]["effort"]["supported"] is False
    assert info["capabilities"]["thinking"] == {
        "supported": True,
        "types": {
            "adaptive": {"supported": False},
            "between_tools": {"supported": False},
            "disabled": {"supported": True},
            "enabled": {"supported": True},
        },
    }


def test_a_model_that_cannot_think_says_so() -> None:
    info = info_of("claude-3-5-sonnet")

    assert info["capabilities"]["thinking"]["supported"] is False
    assert info["capabilities"]["thinking"]["types"]["disabled"] == {"supported": True}
