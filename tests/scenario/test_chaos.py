"""Chaos as it is written: in a file, in a flag, in a header."""

from typing import Any

import pytest

from mockgw.delivery.faults.base import Fault
from mockgw.errors import ScenarioError
from mockgw.scenario.chaos import NoChaos, of_flag, of_header
from tests.support import scenario

FILE = """\
reply: Hello
chaos:
  - {error: {status: 429, retry_after: 2s}, rate: 0.1}
  - {fault: [latency, connection_reset_by_peer], rate: 0.02, match: {stream: true}}
  - delay: {type: uniform, lower: 1s, upper: 2s}
"""


def test_a_file_says_what_may_strike() -> None:
    error, faults, delay = scenario(FILE).chaos
    assert [one.name for one in (error, faults, delay)] == ["error:429", "latency, connection_reset_by_peer", "delay"]
    assert [one.origin for one in (error, faults, delay)] == ["test.yaml:3", "test.yaml:4", "test.yaml:5"]
    assert [one.rate for one in (error, faults, delay)] == [0.1, 0.02, 1.0]
    assert [len(one.patterns) for one in (error, faults, delay)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("{rate: 0.1}", "expected exactly one of error, fault and delay; found none"),
        ("{error: 429, delay: 2s}", "expected exactly one of error, fault and delay; found error and delay"),
        ("{fault: [], rate: 0.1}", "expected at least one fault, found an empty list"),
        ("{error: 429, rate: 10}", "expected a share from 0 to 1, found 10; 10 percent is 0.1"),
        ("{error: 429, reply: Hi}", "unknown key 'reply'; expected error, fault, delay, rate, match"),
        ("error", "expected a mapping, found 'error'"),
    ],
)
def test_what_cannot_be_meant_is_told(item: str, problem: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(f"reply: Hello\nchaos:\n  - {item}")
    assert problem in str(caught.value)
    assert "test.yaml:3:" in str(caught.value)


def test_a_flag_says_what_and_how_often() -> None:
    found = of_flag("error:429=0.1, connection_reset_by_peer=0.02,delay:200ms=1,error:overloaded_error=0.5,")
    assert [(one.name, one.rate, one.origin) for one in found] == [
        ("error:429", 0.1, "--chaos"),
        ("connection_reset_by_peer", 0.02, "--chaos"),
        ("delay", 1.0, "--chaos"),
        ("error:overloaded_error", 0.5, "--chaos"),
    ]
    assert len({one.path for one in found}) == 4
    assert of_flag("") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("truncat=0.1", "unknown fault 'truncat'; did you mean 'truncate'?"),
        ("delay=0.1", "unknown fault 'delay'; did you mean 'delay:2s'?"),
        ("error=0.1", "unknown fault 'error'; did you mean 'error:429'?"),
        ("rst=0.1", "unknown fault 'rst'; did you mean 'connection_reset_by_peer'?"),
        ("429=0.1", "unknown fault '429'; expected what strikes, as in error:429=0.1"),
        ("truncate", "'truncate' does not say how often; write truncate=0.1 (a share from 0 to 1)"),
        ("truncate=often", "'truncate=often' cannot be read: 'rate': expected a number, found 'often'"),
        ("truncate=5", "'rate': expected a share from 0 to 1, found 5; 5 percent is 0.05"),
        ("error:999=0.1", "'error:999' cannot be read: 'error': expected a status from 400 to 599, found 999"),
        ("delay:long=0.1", "'delay': expected a duration such as 250ms"),
        ("limit_data=0.1", "'limit_data' cannot be read: 'bytes' is missing"),
    ],
)
def test_a_flag_that_cannot_be_read_is_told(text: str, problem: str) -> None:
    with pytest.raises(NoChaos) as caught:
        of_flag(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("truncate", "truncate"),
        (" error:529 ", "error:529"),
        ("delay:2s", "delay"),
        ('{"type": "truncate", "at": {"event": 5}}', "truncate"),
        ('["latency", {"type": "limit_data", "bytes": 10}]', "latency, limit_data"),
        ('{"error": {"status": 429, "retry_after": "2s"}}', "error:429"),
        ('{"type": "error_event", "error": 429}', "error_event"),
    ],
)
def test_a_header_names_a_fault(text: str, name: str) -> None:
    found = of_header(text)
    assert found is not None
    assert (found.name, found.origin, found.rate) == (name, "x-mockgw-fault", 1.0)


def test_a_header_may_forbid_all_faults() -> None:
    assert of_header("none") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("truncat", "unknown fault 'truncat'; did you mean 'truncate'?"),
        ("Throttle", "unknown fault 'Throttle'; did you mean 'bandwidth'?"),
        ("1.5", "unknown fault '1.5'; expected a fault such as truncate, error:429, delay:2s, none, or JSON"),
        ('{"type": "truncate"', "is not JSON: "),
        ('{"type": "truncate", "at": {"evnt": 5}}', "'at': unknown key 'evnt'; did you mean 'event'?"),
        ('{"typ": "truncate"}', "'fault': needs a 'type'"),
        ("[]", "expected at least one fault, found an empty list"),
    ],
)
def test_a_header_that_cannot_be_read_is_told(text: str, problem: str) -> None:
    with pytest.raises(NoChaos) as caught:
        of_header(text)
    assert problem in str(caught.value)


def test_a_fault_of_a_header_has_its_options() -> None:
    found = of_header('{"type": "slicer", "average_size": 3}')
    assert found is not None
    (fault,) = found.faults
    options: dict[str, Any] = fault.model_dump(exclude_unset=True)
    assert isinstance(fault, Fault)
    assert options == {"type": "slicer", "average_size": 3}
