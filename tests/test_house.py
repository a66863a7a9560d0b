"""House: rules about the project's own files that no tool checks."""

import ast
from pathlib import Path

import pytest

import mockgw

PACKAGE = Path(mockgw.__file__).parent
TESTS = Path(__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
LONGEST = 320  # lines; past that, look for the second noun
# Modules without a test file of their own, and why.
UNMIRRORED = {
    "__main__.py": "tests/cli/test_main.py starts it",
    "opened.py": "two values, seen through tests/test_pipeline.py",
    "control/base.py": "seen through tests/control/test_sessions.py",
    "control/choices.py": "seen through the scenarios of tests/control/test_sessions.py and test_records.py",
    "control/details.py": "values, held to what is answered by tests/server/test_openapi.py",
    "control/entries.py": "seen through tests/control/test_records.py",
    "control/errors.py": "seen through the messages of tests/control/test_sessions.py",
    "control/loaded.py": "values, held to what is answered by tests/server/test_openapi.py",
    "control/questions.py": "filled in by tests/control/test_records.py, at random by test_forms.py",
    "control/gateway_shapes.py": "values, held to what is answered by tests/server/test_openapi.py",
    "control/reports.py": "values, held to what is answered by tests/server/test_openapi.py",
    "control/shapes.py": "values, held to what is answered by tests/server/test_openapi.py",
    "control/views.py": "seen through what tests/control/test_sessions.py and test_control.py show",
    "cli/options.py": "seen through each command's flags in tests/cli",
    "server/operations.py": "a table, called line by line in tests/server/test_openapi.py",
    "server/operation.py": "what that table is made of",
    "server/records.py": "a part of that table",
    "server/h11_sockets.py": "seen through the connections of tests/server/test_wire.py",
    "protocol/parameters.py": "a table, seen through parse in tests/protocol/test_requests.py",
    "protocol/rules.py": "what that table is made of, seen through parse in tests/protocol/test_requests.py",
    "protocol/wordings.py": "a table, met row by row in tests/validation/test_strict.py",
    "validation/blocks.py": "a table, held to the SDK's types in tests/validation/test_closed.py",
    "validation/tooling.py": "a table, held to the SDK's types in tests/validation/test_closed.py",
    "testing/pytest_support.py": "seen through the runs of tests/test_pytest_plugin.py",
    "scenario/citations.py": "seen through the messages of tests/scenario/test_server_tools.py",
    "scenario/options.py": "seen through the answers of tests/scenario/test_replies.py",
    "scenario/outcomes.py": "seen through the messages of tests/engine/test_synthesis.py",
    "scenario/composer.py": "seen through the documents of tests/scenario/test_document.py",
    "scenario/gateway/batches.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/credits.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/files.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/keys.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/limits.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/models.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/moderation.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/providers.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/slugs.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/states.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/gateway/timeouts.py": "seen through the messages of tests/scenario/gateway/test_section.py",
    "scenario/hints.py": "seen through the messages of tests/scenario/test_document.py",
    "scenario/parts.py": "seen through tests/scenario/test_results.py and test_attached.py",
    "scenario/readers.py": "a table, held to the keys of a match in tests/scenario/test_patterns.py",
    "scenario/slips.py": "seen through the messages of tests/scenario/test_loader.py",
    "scenario/trouble.py": "seen through the messages of tests/scenario/test_document.py",
    "scenario/written.py": "seen through the scenarios of tests/scenario/test_loader.py",
}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_says_what_it_is(module: Path) -> None:
    assert ast.get_docstring(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_module_is_too_long(module: Path) -> None:
    assert len((PACKAGE / module).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("module", [path for path in MODULES if path.name != "__init__.py"], ids=str)
def test_the_tests_mirror_the_package(module: Path) -> None:
    mirrored = (TESTS / module.parent / f"test_{module.name}").is_file()
    assert mirrored is (str(module) not in UNMIRRORED)
