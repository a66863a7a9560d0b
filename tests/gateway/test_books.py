import pytest

from mockgw.gateway import books
from mockgw.gateway.books import Books
from mockgw.scenario.gateway.keys import Key
from mockgw.scenario.gateway.terms import Terms
from tests.support import scenario

ANY = Key.model_validate({})


def terms(section: str) -> Terms:
    found = scenario(f"gateway: {section}\ntext: a").terms
    assert found is not None
    return found


ALL = terms("{limits: {requests: 2/m}, credits: {balance: 1}, subscription: {five_hour: {tokens: 10}}}")


def test_what_is_kept_of_a_key_is_found_again() -> None:
    kept = Books()
    kept.use("a")
    assert (kept.uses("a"), kept.uses("b")) == (1, 0)
    for _ in range(2):
        kept.take_back_use("a")
    assert kept.uses("a") == 0
    assert kept.buckets(ALL, "a", ANY, "opus", 0) is kept.buckets(ALL, "a", ANY, "opus", 5)
    assert kept.buckets(ALL, "a", ANY, "opus", 0) is not kept.buckets(ALL, "a", ANY, "haiku", 0)
    assert kept.plan(ALL, "a", 0) is kept.plan(ALL, "a", 5) is not None
    assert kept.balance(ALL, "a", ANY) is kept.balance(ALL, "a", ANY) is not None


def test_a_key_has_its_own_balance_or_that_of_all() -> None:
    own = Books().balance(ALL, "a", Key.model_validate({"balance": 2}))
    usual = Books().balance(ALL, "a", ANY)
    assert own is not None
    assert usual is not None
    assert own.amount == 2 * usual.amount
    assert Books().balance(terms("{}"), "a", ANY) is None


def test_without_a_subscription_there_is_no_plan() -> None:
    assert Books().plan(terms("{}"), "a", 0) is None
    assert Books().plan(terms("{subscription: {}}"), "a", 0) is None


def test_a_copy_counts_for_itself() -> None:
    kept = Books()
    balance = kept.balance(ALL, "a", ANY)
    twin = kept.copy()
    twin.use("a")
    twin.buckets(ALL, "a", ANY, "opus", 0)
    other = twin.balance(ALL, "a", ANY)
    assert balance is not None
    assert other is not None
    other.settle(0, 5)
    assert kept.uses("a") == 0
    assert balance.amount == other.amount + 5


def test_how_a_provider_has_fared_is_kept_and_copied() -> None:
    kept, one = Books(), terms("{providers: {a: {state: down}, b: {}}}")
    kept.record(one, "a").tried += 1
    twin = kept.copy()
    twin.record(one, "a").tried += 1
    assert [books.record(one, name).tried for books in (kept, twin) for name in "ab"] == [1, 0, 2, 0]


def test_they_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST_KEYS", 2)
    kept = Books()
    for key in "abac":
        kept.use(key)
    assert [kept.uses(key) for key in "abc"] == [2, 0, 1]
