from datetime import UTC, datetime

import pytest

from mockgw.gateway.standing import check
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA
from mockgw.protocol.errors import ApiError
from mockgw.scenario.gateway.keys import Key

WALL = datetime(2026, 6, 1, tzinfo=UTC)


def key(**form: object) -> Key:
    return Key.model_validate(form)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (None, "Invalid API Key"),
        (key(state="disabled"), "API key is disabled"),
        (key(state="expired"), "API key has expired"),
        (key(state="session_expired"), "OAuth session expired"),
        (key(expires="2026-05-31T23:59:59Z"), "API key has expired"),
        (key(expires="2026-06-01"), "API key has expired"),
        (key(expires="10s"), "API key has expired"),
        (key(uses=3), "API key has expired"),
        (key(state="disabled", uses=3), "API key is disabled"),
    ],
)
def test_a_key_that_is_not_taken_hears_why(form: Key | None, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        check(form, SIRAYA, uses=3, clock=10.0, wall=WALL)
    assert (refused.value.status, refused.value.message) == (401, message)
    assert (refused.value.type, refused.value.should_retry) == ("authentication_error", False)


@pytest.mark.parametrize("form", [key(), key(expires="2026-06-01T00:00:01Z"), key(expires="11s"), key(uses=4)])
def test_a_good_key_is_taken(form: Key) -> None:
    assert check(form, SIRAYA, uses=3, clock=10.0, wall=WALL) is form


def test_the_api_has_words_of_its_own() -> None:
    with pytest.raises(ApiError, match="OAuth token has expired"):
        check(key(state="session_expired"), ANTHROPIC, uses=0, clock=0.0, wall=WALL)
