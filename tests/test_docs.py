import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from docs import tables
from mockgw.cli.environment import variables
from mockgw.cli.serve import serve
from mockgw.engine.template import NAMES
from tests.documents import COMMANDS, PROJECT, RUNNERS, URL, Reader, blocks

README = PROJECT / "README.md"
SCENARIOS = PROJECT / "docs" / "scenarios.md"
DOCUMENTS = [README, *sorted((PROJECT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    reader.stop()


@each_document
def test_a_document_does_what_it_says(document: Path, reader: Reader) -> None:
    for block in blocks(document):
        reader.follow(block)


@each_document
def test_no_block_and_no_command_is_left_out(document: Path) -> None:
    found = blocks(document)
    page = document.read_text(encoding="utf-8")
    fences = re.findall("^ *(?:```|~~~)", page, re.MULTILINE)
    promises = re.findall("^<!-- .* => ", page, re.MULTILINE)

    assert len(fences) == 2 * len(found)
    assert {block.language for block in found} <= RUNNERS.keys()
    assert {line.split()[0] for block in found if block.language == "sh" for line in block.commands} <= COMMANDS.keys()
    assert len(promises) == sum(len(block.promises) for block in found)


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    for target, heading in LINK.findall(document.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        page = (document.parent / target).resolve() if target else document
        assert page.exists(), target
        assert not heading or heading in headings(page), heading


def headings(page: Path) -> set[str]:
    """The anchors of a page, made as GitHub makes them."""
    lines = re.findall("^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-") for line in lines}


def test_the_tables_are_those_of_the_models() -> None:
    pages = [page.read_text(encoding="utf-8") for page in tables.PAGES]

    assert pages == [tables.filled(page) for page in pages], "run `make docs`"


def test_everything_that_people_write_has_a_table() -> None:
    listed = [found[2] for page in tables.PAGES for found in tables.MARKED.finditer(page.read_text(encoding="utf-8"))]

    assert set(listed) == tables.tabled().keys() | tables.LISTS.keys()


@pytest.mark.parametrize("name", sorted(tables.classes().keys() - {"Jitter"}))
def test_every_key_is_explained(name: str) -> None:
    model = tables.classes()[name]
    keys = {field.alias or name for name, field in model.model_fields.items()}

    assert keys - model.manual().keys() - {"type"} == set()


def test_every_key_is_used_in_an_example() -> None:
    used = [block for document in DOCUMENTS for block in blocks(document) if block.language in ("yaml", "sh")]
    written = "\n".join(block.text for block in used)
    keys = {key for model in tables.classes().values() for key, *_ in tables.rows(model)}

    assert {key for key in keys if not re.search(rf"\b{key}(\"?:\s|=)", written)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_templates_is_explained(name: str) -> None:
    assert re.search(rf"^\|.*`{name}`.*\| ", SCENARIOS.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_flag_of_serve_is_in_the_readme() -> None:
    options = [one for one in serve.params if isinstance(one, click.Option) and not one.hidden]
    flags = [flag for parameter in options for flag in parameter.opts]
    table = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `--")]

    assert {flag for flag in flags if not any(flag in line for line in table)} == set()


def test_what_claude_code_needs_is_what_the_banner_says() -> None:
    exported = [line for block in blocks(README) for line in block.commands if line.startswith("export ")]

    assert exported == ["export " + " ".join(f"{name}={value}" for name, value in variables(URL).items())]
    assert shlex.split(exported[0])
