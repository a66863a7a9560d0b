"""What the real clients make of each fault is what docs/clients.md says."""

from pathlib import Path
from typing import get_args

import pytest

from docs import clients
from docs.clients import Row, rows
from mockgw.delivery.faults import NAMES
from mockgw.delivery.faults.malformed import Kind
from tests.clients.claude import Claude
from tests.clients.driver import Driver
from tests.clients.serving import Server
from tests.clients.struck import WAYS, Agent, Sdk, holds

each_row = pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)


@pytest.fixture
def python(newest_python_sdk: Driver, striking_server: Server) -> Sdk:
    return Sdk("python", newest_python_sdk, striking_server)


@pytest.fixture
def typescript(typescript_sdk: Driver, striking_server: Server) -> Sdk:
    return Sdk("typescript", typescript_sdk, striking_server)


@pytest.fixture
def agent(claude: Claude, striking_server_offline: tuple[Server, Path]) -> Agent:
    return Agent(claude, *striking_server_offline)


@pytest.mark.parametrize("sdk", ["python", pytest.param("typescript", marks=pytest.mark.node)])
@pytest.mark.parametrize("way", WAYS)
@each_row
def test_what_an_sdk_makes_of_it(row: Row, way: str, sdk: str, request: pytest.FixtureRequest) -> None:
    asked: Sdk = request.getfixturevalue(sdk)

    found, known = asked.cell(row, way), row.cells.get(way, {}).get(sdk)
    assert holds(known, found), f"{found!r}, not {known!r}"


@pytest.mark.node
@each_row
def test_what_claude_code_makes_of_it(row: Row, agent: Agent) -> None:
    found, known = agent.cell(row, "stream"), row.cells["stream"]["claude"]
    assert holds(known, found), f"{found!r}, not {known!r}"


def test_no_fault_is_left_out() -> None:
    assert {row.options["type"] for row in rows()} == set(NAMES)
    assert {row.options["kind"] for row in rows() if "kind" in row.options} == set(get_args(Kind))


def test_the_page_has_the_tables_of_the_file() -> None:
    page = clients.PAGE.read_text(encoding="utf-8")

    assert page == clients.filled(page), "run `make docs`"
