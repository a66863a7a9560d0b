from typing import Any

import orjson
import pytest

from mockgw.protocol.requests import MessagesRequest, parse
from mockgw.protocol.thinking import INTERLEAVED, shown_as_asked, shown_as_written, type_of
from tests.support import body


def asked(model: str, thinking: Any) -> MessagesRequest:
    return parse(orjson.dumps(body(model=model, max_tokens=2000, thinking=thinking)))


@pytest.mark.parametrize(
    ("model", "thinking", "type"),
    [
        ("claude-opus-5-5", None, "adaptive"),
        ("claude-opus-5", {"type": "disabled"}, "disabled"),
        ("anthropic/claude-sonnet-5.5", {"type": "between_tools"}, "between_tools"),
        ("claude-opus-4-8", None, "disabled"),
        ("claude-sonnet-4-5", {"type": "enabled", "budget_tokens": 1024}, "enabled"),
        ("claude-mock/hello", None, "disabled"),
        ("gpt-9", None, "disabled"),
    ],
)
def test_a_request_gets_the_thinking_that_it_names_or_its_model_s(model: str, thinking: Any, type: str) -> None:
    assert type_of(asked(model, thinking)) == type


ENABLED = {"type": "enabled", "budget_tokens": 1024}


@pytest.mark.parametrize(
    ("model", "thinking", "first", "between"),
    [
        ("claude-opus-5-5", None, "omitted", "omitted"),
        ("claude-opus-5-5", {"type": "adaptive", "display": "summarized"}, "whole", "whole"),
        ("claude-opus-5-5", {"type": "adaptive", "display": "updates"}, "omitted", "whole"),
        ("claude-opus-5-5", {"type": "adaptive", "display": None}, "omitted", "omitted"),
        ("claude-opus-5", {"type": "disabled"}, "nothing", "nothing"),
        ("claude-sonnet-5-5", {"type": "between_tools"}, "nothing", "whole"),
        ("claude-opus-4-8", None, "nothing", "nothing"),
        ("claude-sonnet-4-6", {"type": "adaptive"}, "whole", "whole"),
        ("claude-sonnet-4-5", ENABLED, "whole", "nothing"),
        ("claude-sonnet-4-5", {**ENABLED, "display": "omitted"}, "omitted", "nothing"),
        ("gpt-9", {"type": "adaptive"}, "whole", "whole"),
    ],
)
def test_what_a_model_shows_of_its_thinking(model: str, thinking: Any, first: str, between: str) -> None:
    request = asked(model, thinking)
    found = [shown_as_asked(request, between_calls=between_calls, betas=()) for between_calls in (False, True)]
    assert found == [first, between]


def test_a_beta_has_a_model_think_between_calls() -> None:
    assert shown_as_asked(asked("claude-sonnet-4-5", ENABLED), between_calls=True, betas=(INTERLEAVED,)) == "whole"


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-4-5"])
def test_what_is_written_is_shown_unless_it_is_not_wanted(model: str) -> None:
    assert shown_as_written(asked(model, {"type": "disabled"})) == "whole"
    assert shown_as_written(asked(model, None)) == "whole"
    assert shown_as_written(asked(model, {"type": "adaptive", "display": "omitted"})) == "omitted"
