import pytest
from app import NoSummary, summary


def test_a_summary() -> None:
    assert summary("a long report") == "It is long."


def test_a_rate_limit_is_waited_for() -> None:
    assert summary("a busy day") == "Much was done."


def test_an_error_is_told() -> None:
    with pytest.raises(NoSummary, match="insufficient credits"):
        summary("a bill")


def test_half_a_summary_is_none() -> None:
    with pytest.raises(NoSummary, match="too early"):
        summary("a torn page")
