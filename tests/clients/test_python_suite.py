"""The Python SDK's own tests of its resources, as they are in its sdist, with mockgw as the API."""

import subprocess
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import httpx2
import pytest

from tests.clients import environments
from tests.clients.conftest import Serve, require_environment
from tests.clients.serving import clean_environment

INVENT = "{gateway: {dialect: anthropic, unknown_ids: invent}, reply: Hello.}"
RESOURCES = Path("tests", "api_resources")

# What mockgw has of the API, and how many tests there are of it: some are for one HTTP client only, and skipped there.
SUITES = {
    "now": (["messages/test_batches.py", "test_files.py", "test_messages.py", "test_models.py"], 347, 4),
    "beta": (
        ["beta/messages/test_batches.py", "beta/test_files.py", "beta/test_messages.py", "beta/test_models.py"],
        342,
        4,
    ),
}
# What it has not: no gateway for messages has it, and the API answers 404 to those who are not enrolled.
ABSENT = {
    "agents": "/v1/agents",
    "deployment_runs": "/v1/deployment_runs",
    "deployments": "/v1/deployments",
    "dreams": "/v1/dreams",
    "environments": "/v1/environments",
    "memory_stores": "/v1/memory_stores",
    "organization": "/v1/organizations/me",
    "sessions": "/v1/sessions",
    "skills": "/v1/skills",
    "tunnels": "/v1/tunnels",
    "user_profiles": "/v1/user_profiles",
    "vaults": "/v1/vaults",
}
# Tests that ask no server: of what the SDK itself makes of its arguments.
INWARD = {"output_format_conversion", "webhooks"}


@pytest.fixture(autouse=True)
def required() -> None:
    require_environment(environments.python_suite())


@pytest.mark.parametrize("suite", SUITES)
def test_all_tests_pass_of_what_mockgw_has(suite: str, serve: Serve, tmp_path: Path) -> None:
    files, passed, skipped = SUITES[suite]
    report = tmp_path / "report.xml"
    variables = {"TEST_API_BASE_URL": serve(invent=INVENT).url, "DEFER_PYDANTIC_BUILD": "false"}

    ended = subprocess.run(
        [
            *(str(environments.python_suite().python), "-B", "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"),
            *(f"--junitxml={report}", *(str(RESOURCES / file) for file in files)),
        ],
        cwd=environments.python_suite().sdist,
        env=clean_environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert outcomes(report) == {"passed": passed, "skipped": skipped}


def outcomes(report: Path) -> Counter[str]:
    """How many tests came to what."""
    found = ElementTree.parse(report).iter("testcase")
    return Counter(child.tag if (child := next(iter(one), None)) is not None else "passed" for one in found)


def test_no_other_test_is_of_what_mockgw_has() -> None:
    folder = environments.python_suite().sdist / RESOURCES
    taken = {file for files, *_ in SUITES.values() for file in files}
    others = {str(file.relative_to(folder)) for file in folder.rglob("test_*.py")} - taken

    assert {resource(file) for file in others} == ABSENT.keys() | INWARD


def resource(file: str) -> str:
    """What the tests in a file are about."""
    first = next(part for part in Path(file).parts if part != "beta")
    return first.removeprefix("test_").removesuffix(".py")


def test_what_is_left_out_is_not_there(serve: Serve) -> None:
    server = serve(invent=INVENT)
    key = {"authorization": "Bearer mock"}

    found = {path: httpx2.get(server.url + path, headers=key, trust_env=False).status_code for path in ABSENT.values()}

    assert found == dict.fromkeys(ABSENT.values(), 404)
