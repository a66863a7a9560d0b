from hypothesis import given
from hypothesis import strategies as st

from mockgw.gateway.buckets import NANOSECONDS, Bucket, full, nanoseconds
from mockgw.scenario.gateway.amounts import Rate

RATES = st.builds(Rate, st.integers(1, 100_000), st.sampled_from([1, 7, 60, 3600, 5 * 3600, 86400]))
# What may happen to a bucket: so much time passes, so much is taken or given back.
EVENTS = st.lists(
    st.tuples(st.sampled_from(["take", "give_back"]), st.integers(0, 200_000), st.integers(0, 10**14)), max_size=30
)


@given(RATES, EVENTS)
def test_a_bucket_is_never_below_nothing_nor_above_its_limit(rate: Rate, events: list[tuple[str, int, int]]) -> None:
    bucket, now = full(rate, 0), 0
    for what, amount, passed in events:
        now += passed
        getattr(bucket, what)(amount, now)
        assert 0 <= bucket.left(now) <= rate.limit
        assert 0 <= bucket.filled <= bucket.most


@given(RATES, EVENTS, st.integers(1, 100_000))
def test_who_waits_as_long_as_told_gets_it_and_no_sooner(
    rate: Rate, events: list[tuple[str, int, int]], wanted: int
) -> None:
    bucket, now = full(rate, 0), 0
    for what, amount, passed in events:
        now += passed
        getattr(bucket, what)(amount, now)
    wait = bucket.wait(wanted, now)
    if wait is None:
        assert wanted > rate.limit
        return
    assert bucket.copy().left(now + wait) >= wanted
    assert wait == 0 or bucket.copy().left(now + wait - 1) < wanted


@given(RATES, st.integers(0, 10**15), st.integers(0, 10**15))
def test_two_waits_are_as_good_as_one(rate: Rate, first: int, second: int) -> None:
    once, twice = full(rate, 0), full(rate, 0)
    for bucket in (once, twice):
        bucket.take(rate.limit, 0)
    twice.left(first)
    assert twice.left(first + second) == once.left(first + second)


def test_more_than_there_is_takes_all_there_is() -> None:
    bucket = full(Rate(5, 60), 0)
    assert [bucket.take(3, 0), bucket.take(3, 0), bucket.take(3, 0)] == [3, 2, 0]
    assert bucket.until_full(0) == 60 * NANOSECONDS
    assert bucket.left(12 * NANOSECONDS) == 1


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    bucket = Bucket(Rate(5, 60), nanoseconds(10.0), 0)
    assert bucket.left(nanoseconds(5.0)) == 0
    assert bucket.left(nanoseconds(22.0)) == 1
