import json
from pathlib import Path
from typing import Any

import pytest

from mockgw.lint.tools import BOOLEAN, INTEGER, LIST, NUMBER, TEXT, TOOLS, VERSION, misfits

CLIENTS = Path(__file__).parents[1] / "clients"
JSON_TYPES = {TEXT: "string", NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean", LIST: "array"}


def offered() -> dict[str, dict[str, Any]]:
    """The properties of the tools in a captured request."""
    captured = json.loads((CLIENTS / "captures" / "headless-first-turn.json").read_text(encoding="utf-8"))
    tools = captured["body"]["tools"]
    return {tool["name"]: tool["input_schema"]["properties"] for tool in tools if tool["name"] in TOOLS}


@pytest.mark.parametrize("name", offered())
def test_the_table_is_what_claude_code_offers(name: str) -> None:
    tool = TOOLS[name]
    kinds = {key: JSON_TYPES[kind] for key, kind in {**tool.required, **tool.optional}.items()}
    assert kinds == {key: schema["type"] for key, schema in offered()[name].items()}


def test_the_version_is_the_one_that_is_tested() -> None:
    pins = json.loads((CLIENTS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert pins["@anthropic-ai/claude-code"] == VERSION


WHOSE = f"of Claude Code {VERSION}"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        pytest.param("Read", {"file_path": "a", "limit": 5}, [], id="right"),
        pytest.param("Read", {"path": "a"}, [f"Read {WHOSE} has no 'path'; did you mean 'file_path'?"], id="synonym"),
        pytest.param(
            "Bash",
            {"command": "ls", "timout": 1},
            [f"Bash {WHOSE} has no 'timout'; did you mean 'timeout'?"],
            id="typo",
        ),
        pytest.param(
            "Write",
            {"file_path": "a", "content": "b", "mode": 1},
            [f"Write {WHOSE} has no 'mode'; it has file_path, content"],
            id="unknown",
        ),
        pytest.param("Edit", {"file_path": "a"}, [f"Edit {WHOSE} needs 'old_string' and 'new_string'"], id="missing"),
        pytest.param(
            "Read",
            {"file_path": "a", "limit": "5"},
            [f"'limit' of Read {WHOSE} is a whole number, found '5'"],
            id="kind",
        ),
        pytest.param(
            "Bash",
            {"command": "ls", "timeout": True},
            [f"'timeout' of Bash {WHOSE} is a number, found true"],
            id="true",
        ),
        pytest.param(
            "Edit",
            {"file_path": "a", "old_string": "b", "new_string": "c", "replace_all": True},
            [],
            id="boolean",
        ),
        pytest.param("Read", {"file_path": "a", "limit": "{{ step }}"}, [], id="template"),
        pytest.param("Read", {"{{ prompt }}": "a"}, [], id="template-as-key"),
        pytest.param("search", {"anything": 1}, [], id="another-tool"),
    ],
)
def test_arguments_that_a_tool_refuses_are_told(name: str, given: dict[str, Any], expected: list[str]) -> None:
    assert [misfit.message for misfit in misfits(name, given)] == expected
