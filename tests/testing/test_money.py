"""Tests give keys money and fill their limits again."""

from collections.abc import Iterator
from decimal import Decimal

import anthropic
import pytest

from mockgw.control.errors import ControlError
from mockgw.errors import MockgwError
from mockgw.testing import serve
from mockgw.testing.gateway import Gateway
from tests.testing.gateways import asked

RULES = """
gateway:
  keys: {sk-poor: {balance: 0}, sk-free: active}
  limits: {requests: 1/1d}
reply: Hello.
"""


@pytest.fixture
def gw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    file = tmp_path_factory.mktemp("money") / "shop.yaml"
    file.write_text(RULES, encoding="utf-8")
    with serve(file) as gw:
        yield gw


def status(gw: Gateway, key: str) -> int:
    with anthropic.Anthropic(base_url=gw.url, api_key=key, max_retries=0) as sdk:
        try:
            sdk.messages.create(**{**asked(), "model": "claude-haiku-4-5"})
        except anthropic.APIStatusError as error:
            return error.status_code
    return 200


def test_a_key_that_is_topped_up_pays_again(gw: Gateway) -> None:
    assert status(gw, "sk-poor") == 402
    assert gw.top_up("sk-poor", add=Decimal("0.05")) == Decimal("0.05")
    gw.refill()
    assert status(gw, "sk-poor") == 200
    assert 0 < gw.balance("sk-poor") < Decimal("0.05")
    assert gw.top_up("sk-poor", balance=3, scenario="shop") == 3


def test_limits_are_full_again(gw: Gateway) -> None:
    assert [status(gw, "sk-free") for _ in range(2)] == [200, 429]
    gw.refill("sk-free")
    assert [status(gw, "sk-free") for _ in range(2)] == [200, 429]


def test_what_cannot_be_done_is_told(gw: Gateway) -> None:
    with pytest.raises(ControlError, match="has credits for such a key"):
        gw.top_up("sk-free", add=1)
    with pytest.raises(MockgwError, match="this key has no credits"):
        gw.balance("sk-free")
    with pytest.raises(ControlError, match="expected exactly one of add and balance"):
        gw.top_up("sk-poor")
    with pytest.raises(ControlError, match="no gateway of the session 'test' has such a key"):
        gw.refill("sk-unknown")
