"""Both readers of the SDKs' types: from the same types, however they are written, they tell the same parts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Optional, Required

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import Word
from tests.clients.drift import python, typescript

NONE: frozenset[str] = frozenset()


class Cache(TypedDict, total=False):
    type: Required[Literal["ephemeral"]]
    ttl: Literal["5m", "1h"]


class TextBlock(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: Required[str]
    cache: Cache | None


class ListBlock(TypedDict, total=False):
    type: Required[Literal["list"]]
    items: "Iterable[Block]"


Block = TextBlock | ListBlock


class Request(TypedDict, total=False):
    model: Required[Literal["large", "small"] | str]
    content: Required[str | Iterable[Block]]
    any: dict[str, object]


class Found(BaseModel):
    type: Literal["found", "hit"]
    from_: str = Field(alias="from")
    more: Optional["Found"] = None


Answer = Annotated[Found | None, "a note"]

DECLARED = """
    export interface Cache { type: 'ephemeral'; ttl?: '5m' | '1h'; }
    export interface TextBlock { text: string; type: 'text'; cache?: Cache | null; }
    export interface ListBlock { type: 'list'; items?: Array<Block>; }
    export type Block = TextBlock | ListBlock;
    export interface Request { model: 'large' | 'small' | (string & {}); content: string | Array<Block>;
      any?: { [key: string]: unknown }; }
    export interface Found { type: 'found' | 'hit'; from: string; more: Found | null; }
    export type Answer = Found | null;
"""
PARTS = {
    "Request": {
        *(".model", ".model=large", ".model=small", ".content", ".content[]", ".any"),
        *(".content[]<text>", ".content[]<text>.text", ".content[]<text>.cache", ".content[]<text>.cache<ephemeral>"),
        ".content[]<text>.cache<ephemeral>.ttl",
        *(".content[]<text>.cache<ephemeral>.ttl=5m", ".content[]<text>.cache<ephemeral>.ttl=1h"),
        *(".content[]<list>", ".content[]<list>.items", ".content[]<list>.items[]"),
        *(".content[]<list>.items[]<text>", ".content[]<list>.items[]<text>.text"),
        *(".content[]<list>.items[]<text>.cache", ".content[]<list>.items[]<text>.cache<ephemeral>"),
        ".content[]<list>.items[]<text>.cache<ephemeral>.ttl",
        ".content[]<list>.items[]<text>.cache<ephemeral>.ttl=5m",
        ".content[]<list>.items[]<text>.cache<ephemeral>.ttl=1h",
    },
    "Answer": {"<found>", "<found>.from", "<found>.more", "<hit>", "<hit>.from", "<hit>.more"},
}


def of_python(name: str, leaves: frozenset[str] = NONE) -> set[str]:
    return set(python.parts({"Request": Request, "Answer": Answer}[name], "", leaves))


def of_typescript(name: str, folder: Path, leaves: frozenset[str] = NONE) -> set[str]:
    (folder / "one.d.ts").write_text(DECLARED, encoding="utf-8")
    return set(typescript.parts(Known(Word(name), Scope(folder / "one.d.ts")), "", leaves))


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_told_once_however_deep(name: str, tmp_path: Path) -> None:
    assert of_python(name) == PARTS[name]
    assert of_typescript(name, tmp_path) == PARTS[name]


def test_nobody_goes_further_than_where_another_area_begins(tmp_path: Path) -> None:
    wanted = {".model", ".model=large", ".model=small", ".content", ".any"}
    leaves = frozenset({".content"})

    assert of_python("Request", leaves) == of_typescript("Request", tmp_path, leaves) == wanted


def test_a_type_that_a_version_does_not_have_is_none() -> None:
    assert python.found("StopReason")
    assert python.found("OfTomorrow") is python.found("of.tomorrow.Type") is None
    assert not list(python.parts(None, "", NONE))
