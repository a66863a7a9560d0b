"""Values of declared types: those that are made fit, and what does not fit is told."""

from pathlib import Path
from typing import Any

import pytest

from tests.clients.declared.fits import misfits
from tests.clients.declared.made import ANY_OBJECT, Maker
from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import Word

DECLARED = """
    interface Call { type: 'call'; input: { [key: string]: unknown }; }
    interface Text { type: 'text'; text: string; notes?: Array<Note> | null; }
    interface Note { text: string | null; about: Text; }
    interface Reply { content: Array<Text | Call>; model: 'large' | 'small' | (string & {}); stop: Stop | null; }
    interface Stop { count: number; sure?: boolean }
    type Either = 'a' | Reply;
    type Tree = { inner?: Tree; more: Array<Tree> };
"""


@pytest.fixture
def declared(tmp_path: Path) -> Scope:
    (tmp_path / "one.d.ts").write_text(DECLARED, encoding="utf-8")
    return Scope(tmp_path / "one.d.ts")


def make(name: str, scope: Scope, **usual: Any) -> list[Any]:
    return Maker(usual).values(Known(Word(name), scope))


def test_every_type_that_is_allowed_is_made_once(declared: Scope) -> None:
    letter, *replies = make("Either", declared)

    assert letter == "a"
    assert [reply["model"] for reply in replies] == ["large", "small", "string"]
    assert {block["type"] for block in replies[0]["content"]} == {"text", "call"}
    assert replies[0]["stop"] == {"count": 1, "sure": True}


def test_what_contains_itself_ends(declared: Scope) -> None:
    assert make("Tree", declared) == [{"more": []}]


def test_a_field_may_be_told(declared: Scope) -> None:
    assert make("Stop", declared, count=7) == [{"count": 7, "sure": True}]
    assert make("Call", declared)[0]["input"] == ANY_OBJECT


@pytest.mark.parametrize("name", ["Either", "Reply", "Text", "Tree"])
def test_what_is_made_fits(declared: Scope, name: str) -> None:
    made = make(name, declared)

    assert made
    assert [misfits(value, Known(Word(name), declared)) for value in made] == [[]] * len(made)


REPLY: dict[str, Any] = {"content": [{"type": "text", "text": "a"}], "model": "any", "stop": None}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stop": ...}, []),  # what may be null may be missing
        ({"extra": 1}, []),
        ({"model": ...}, [".model: missing"]),
        ({"model": 5}, [".model: 5 is not 'large'"]),
        ({"stop": {"count": True}}, [".stop.count: True is no number"]),
        ({"stop": 3}, [".stop: 3 is no object"]),
        ({"content": "text"}, [".content: 'text' is no list"]),
        ({"content": [{"type": "text"}]}, [".content[0].text: missing"]),
        ({"content": [{"type": "call", "text": "a"}]}, [".content[0].input: missing"]),
        (
            {"content": [{"type": "text", "text": "a", "notes": [{"about": 1}]}]},
            [".content[0].notes[0].about: 1 is no object"],
        ),
    ],
)
def test_what_does_not_fit_is_told(declared: Scope, change: dict[str, Any], told: list[str]) -> None:
    value = {key: one for key, one in (REPLY | change).items() if one is not ...}

    assert misfits(value, Known(Word("Reply"), declared)) == told
