from dataclasses import fields
from typing import Any

import pytest

from mockgw.errors import SettingsError
from mockgw.sessions import Own
from mockgw.settings import Settings
from mockgw.testing import serve
from mockgw.testing.options import KINDS, OF_MARK, OF_SERVER, OF_SESSION, check
from tests.testing.gateways import in_process


def test_every_option_has_its_kind() -> None:
    assert {*OF_MARK, *OF_SERVER} == KINDS.keys()
    assert {*OF_SERVER, "port"} <= Settings.__dataclass_fields__.keys()
    assert {*OF_SESSION, "library"} == {field.name for field in fields(Own)}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sede": 1}, "serve(): unknown argument 'sede'; did you mean 'seed'?"),
        ({"qqq": 1}, "serve(): unknown argument 'qqq'; there are seed, time_scale, dialect, chaos"),
        ({"seed": "1"}, "'seed' takes a whole number, found '1'"),
        ({"seed": True}, "'seed' takes a whole number, found true"),
        ({"time_scale": -1}, "'time_scale' takes a number from 0, found -1"),
        ({"time_scale": float("inf")}, "'time_scale' takes a number from 0"),
        ({"dialect": "openai"}, "'dialect' takes siraya or anthropic, found 'openai'"),
        ({"cors": "all"}, "'cors' takes loopback or any, found 'all'"),
        ({"chaos": "error:429"}, "'chaos': 'error:429' does not say how often"),
        ({"validate": "all"}, "'validate' takes off, schema, schema-report, strict or strict-report, found 'all'"),
        ({"gateway": 5}, "'gateway' takes the path of a file, found 5"),
        ({"hosts": "box"}, "'hosts' takes a list of names such as 'gateway.test', found 'box'"),
        ({"hosts": ["http://box"]}, "'hosts' takes a list of names such as 'gateway.test'"),
        ({"token": "two words"}, "'token' takes letters, digits and signs of ASCII, without blanks"),
        ({"host": 5}, "'host' takes an address of this machine, found 5"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        serve(**given)
    assert told in str(refused.value)


def test_what_is_right_is_silent() -> None:
    check("here", {"seed": 1, "time_scale": 0.5, "dialect": "anthropic"}, OF_SESSION)


def test_a_session_takes_only_its_own() -> None:
    with (
        in_process() as gw,
        pytest.raises(SettingsError, match=r"session\(\): unknown argument 'chaos'; there are seed"),
    ):
        gw.session("a", chaos="x")
