import pytest

from mockgw.gateway.keys import authenticate, masked, scrubbed
from mockgw.protocol.dialects import ANTHROPIC, SIRAYA, Dialect
from mockgw.protocol.errors import ApiError

LONG = "sk-ant-0123456789"


@pytest.mark.parametrize("value", ["Bearer k", "bearer k", "BEARER k", "Bearer   k", "  Bearer k  "])
def test_the_scheme_is_bearer_in_any_case(value: str) -> None:
    assert authenticate({"authorization": value}, SIRAYA).key == "k"


@pytest.mark.parametrize(("dialect", "key"), [(SIRAYA, "of-authorization"), (ANTHROPIC, "of-x-api-key")])
def test_of_two_keys_the_dialect_says_which_counts(dialect: Dialect, key: str) -> None:
    headers = {"authorization": "Bearer of-authorization", "x-api-key": "of-x-api-key"}
    assert authenticate(headers, dialect).key == key


@pytest.mark.parametrize("dialect", [SIRAYA, ANTHROPIC])
@pytest.mark.parametrize(
    "headers", [{"authorization": "Basic x", "x-api-key": "k"}, {"authorization": "", "x-api-key": " k "}]
)
def test_a_header_without_a_key_does_not_count(dialect: Dialect, headers: dict[str, str]) -> None:
    assert authenticate(headers, dialect).key == "k"


@pytest.mark.parametrize(
    ("headers", "dialect", "message"),
    [
        ({}, SIRAYA, "Missing Authentication header: "),
        ({}, ANTHROPIC, "x-api-key header is required"),
        ({"x-api-key": "  "}, ANTHROPIC, "x-api-key header is required"),
        ({"authorization": "Bearer "}, SIRAYA, "Missing Authentication header: "),
        ({"authorization": "Basic dTpw"}, SIRAYA, "Authorization: expected 'Bearer <key>', found another scheme"),
        ({"authorization": LONG}, ANTHROPIC, "Authorization: expected 'Bearer <key>', found another scheme"),
    ],
)
def test_no_key_is_a_401_that_says_what_to_send(headers: dict[str, str], dialect: Dialect, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        authenticate(headers, dialect)
    assert refused.value.status == 401
    assert refused.value.message.startswith(message)
    assert LONG not in refused.value.message


@pytest.mark.parametrize(("key", "shown"), [(LONG, "sk-a\u202689"), ("0123456789ab", "\u2026"), ("", "\u2026")])
def test_a_key_is_shown_by_its_ends_if_it_has_a_middle(key: str, shown: str) -> None:
    assert masked(key) == shown


def test_a_text_is_scrubbed_of_both_keys() -> None:
    headers = {"authorization": f"Bearer {LONG}", "x-api-key": "another-key"}
    text = f"expected 'x', found 'Bearer {LONG}' and 'another-key'"
    assert scrubbed(text, headers) == "expected 'x', found 'Bearer sk-a\u202689' and '\u2026'"


def test_a_short_key_is_a_word_like_others() -> None:
    assert scrubbed("This is a mock", {"x-api-key": "mock"}) == "This is a mock"


def test_where_only_a_bearer_counts_no_other_key_does() -> None:
    headers = {"authorization": "Bearer b", "x-api-key": "x"}
    assert authenticate(headers, ANTHROPIC, bearer_only=True).key == "b"
    with pytest.raises(ApiError, match="expected 'Authorization: Bearer <key>', found x-api-key"):
        authenticate({"x-api-key": "x"}, SIRAYA, bearer_only=True)
    with pytest.raises(ApiError, match="expected 'Authorization: Bearer <key>'\""):
        authenticate({}, SIRAYA, bearer_only=True)
