from typing import get_args

import pytest
from anthropic.types import AnthropicBetaParam

from mockgw.validation.betas import KNOWN
from tests.validation.checking import told


def test_the_betas_of_the_sdk_are_known() -> None:
    [listed] = [names for member in get_args(AnthropicBetaParam) if (names := get_args(member))]
    assert set(listed) <= KNOWN


@pytest.mark.parametrize("header", ["oauth-2025-04-20", "claude-code-20250219, effort-2025-11-24"])
def test_known_betas_pass(header: str) -> None:
    assert told(anthropic_beta=header) == ""


@pytest.mark.parametrize(
    ("header", "found"), [("", "``"), ("a-2026-01-01, b,oauth-2025-04-20", "`a-2026-01-01`, `b`"), ("\n", "``")]
)
def test_unknown_betas_are_named(header: str, found: str) -> None:
    assert told(anthropic_beta=header).startswith(f"Unexpected value(s) {found} for the `anthropic-beta` header.")


def test_headers_come_before_the_body() -> None:
    assert told([], anthropic_beta="b").startswith("Unexpected value(s)")


@pytest.mark.parametrize("version", ["", "2020-01-01"])
def test_a_gateway_asks_for_no_version(version: str) -> None:
    assert told(anthropic_version=version, dialect="siraya") == ""
    assert told(anthropic_version=version).startswith("anthropic-version: ")
