import orjson
import pytest

from mockgw.gateway.credits import Balance
from mockgw.gateway.payment import Payment
from mockgw.protocol import requests
from mockgw.protocol.dialects import SIRAYA
from mockgw.protocol.errors import ApiError
from mockgw.protocol.messages import Usage
from mockgw.protocol.prices import usual
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.gateway.credits import Credits
from tests.support import body


def payment(free: int, **form: object) -> Payment:
    credits = Credits.model_validate({"balance": 0, **form})
    return Payment(credits, SIRAYA, Balance(free), usual(1, 2))


def request(max_tokens: int) -> MessagesRequest:
    return requests.parse(orjson.dumps(body(max_tokens=max_tokens)))


def test_the_most_is_reserved_what_was_delivered_is_paid_and_the_rest_is_free_again() -> None:
    paying = payment(1000)
    asked = request(100)
    paying.begin(asked)
    assert paying.balance is not None
    assert paying.balance.free == 1000 - asked.input_tokens - 200
    paying.settle(Usage(asked.input_tokens, 5))
    assert (paying.balance.free, paying.balance.reserved) == (1000 - asked.input_tokens - 10, 0)
    assert paying.cost == asked.input_tokens + 10


def test_what_is_refused_costs_nothing() -> None:
    paying = payment(1000)
    paying.begin(request(100))
    paying.refuse()
    assert (paying.balance, paying.cost) == (Balance(1000), 0)


def test_who_has_too_little_is_told_what_would_have_been_possible() -> None:
    asked = request(100)
    paying = payment(asked.input_tokens + 60, message="affordable")
    with pytest.raises(ApiError, match="You requested up to 100 tokens, but can only afford 30"):
        paying.begin(asked)
    with pytest.raises(ApiError, match="insufficient credits"):
        payment(0).begin(asked)


def test_without_a_balance_nothing_is_paid() -> None:
    paying = Payment(None, SIRAYA, None)
    paying.begin(request(100))
    paying.settle(Usage(1, 1))
    assert (paying.cost, dict(paying.headers())) == (None, {})
