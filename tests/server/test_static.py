"""The files of the console: small, of one noun each, and nothing in them that could make a prompt run."""

import re
from pathlib import Path

import pytest

from mockgw.server.console import STATIC

LONGEST = 320  # lines
FILES = sorted(path for path in STATIC.iterdir() if path.suffix in (".js", ".css", ".html"))
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
# What would read text as HTML or as a program, or send something elsewhere.
FORBIDDEN = (
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "createContextualFragment"),
    *("eval(", "new Function", "javascript:", "srcdoc", "setHTMLUnsafe", "http://", "https://", "//cdn"),
)
NAMESPACE = '"http://www.w3.org/2000/svg"'


def names(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", FILES, ids=names)
def test_text_is_never_read_as_html_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert [word for word in FORBIDDEN if word in text] == []
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=names)
def test_every_script_says_what_it_is(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    noun = re.fullmatch(r"// (?:The )?(\w+): .*", lines[0])
    assert noun
    assert noun[1].lower() == path.stem
    assert len(lines) <= LONGEST


@pytest.mark.parametrize("path", SCRIPTS, ids=names)
def test_what_a_script_imports_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for imported, source in re.findall(r"^import (.*?) from \"\./(.*?)\";$", text, re.MULTILINE):
        exported = (STATIC / source).read_text(encoding="utf-8")
        for name in re.findall(r"\w+", imported) if imported.startswith("{") else []:
            assert re.search(rf"^export (?:async )?(?:function|class|const) {name}\b", exported, re.MULTILINE), name
            assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is not used"


@pytest.mark.parametrize("path", SCRIPTS, ids=names)
def test_every_script_is_used(path: Path) -> None:
    others = "".join(other.read_text(encoding="utf-8") for other in FILES if other != path)
    assert f"/{path.name}" in others
