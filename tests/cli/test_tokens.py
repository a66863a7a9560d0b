import pytest

from mockgw.cli.tokens import TOKEN, made_token, token_of
from mockgw.errors import SettingsError


def test_a_token_is_set_in_the_environment() -> None:
    assert token_of({TOKEN: " s3cret\n"}) == "s3cret"
    assert token_of({TOKEN: ""}) == token_of({}) == ""


@pytest.mark.parametrize("token", ["two words", "s\u00e9cret", "a\tb", "a\x00b"])
def test_one_that_no_header_can_carry_is_refused(token: str) -> None:
    with pytest.raises(SettingsError, match="MOCKGW_TOKEN: no header can carry it") as raised:
        token_of({TOKEN: token})
    assert token not in str(raised.value)


def test_one_is_made_only_where_others_can_ask() -> None:
    assert made_token("127.0.0.1") == made_token("127.0.0.2") == made_token("localhost") == ""
    assert made_token("0.0.0.0") != made_token("0.0.0.0") != ""
