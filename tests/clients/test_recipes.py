"""The recipes with what they need beyond Python: the TypeScript SDK."""

import shutil
from pathlib import Path

import pytest

from tests.clients import environments
from tests.clients.conftest import require, require_environment
from tests.documents import PROJECT, Reader, blocks

pytestmark = pytest.mark.node
RECIPES = PROJECT / "docs" / "recipes.md"


def test_the_recipe_for_node(tmp_path: Path) -> None:
    require(shutil.which("node"), "Node.js is not installed")
    require_environment(environments.node())
    reader = Reader(tmp_path, packages=environments.node().folder / "node_modules")

    for block in blocks(RECIPES):
        if block.language == "js" or " -- node " in block.text or block.text == "mockgw init\n":
            reader.follow(block)

    assert reader.printed == "Hello! Change this line and ask again.\n"
