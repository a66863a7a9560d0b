"""What drifts, on small trees of types: ours, an older SDK's and a newer one's."""

from collections.abc import Iterable

import pytest

from mockgw.protocol.parameters import OBJECT, TEXT
from mockgw.protocol.rules import Optional, Rule, array, literal, nullable, record, text_or, union
from mockgw.validation.blocks import closed
from tests.clients.drift.compared import Finding, above, gone, new
from tests.clients.drift.explained import explanations, sort
from tests.clients.drift.known import Known, of_data, of_rule, of_values

OURS = record(
    {
        "model": TEXT,
        "speed": Optional(nullable(literal("slow", "fast"))),
        "content": text_or(array(union({"text": closed({"text": TEXT, "note": OBJECT})}))),
        "place": Optional(closed({"city": TEXT}, type=literal("exact"))),
    },
    closed=True,
)
OLDER = {
    *(".model", ".speed", ".speed=slow", ".speed=fast", ".content", ".content[]", ".content[]<text>"),
    *(".content[]<text>.text", ".content[]<text>.note", ".place", ".place<exact>", ".place<exact>.city"),
}


def told(*, add: Iterable[str] = (), leave_out: Iterable[str] = ()) -> dict[str, set[str]]:
    return {"python": (OLDER | {*add}) - {*leave_out}, "typescript": OLDER - {*leave_out}}


def test_what_our_rules_know_is_what_the_older_sdk_has() -> None:
    known = of_rule(OURS)

    assert known.parts == OLDER
    assert ".content[]<text>.note" in known.opaque
    assert new("request", known, told()) == gone("request", known, told()) == []


@pytest.mark.parametrize(
    ("add", "found"),
    [
        ([".color"], [".color"]),
        ([".content[]<image>", ".content[]<image>.data"], [".content[]<image>"]),  # not each part of what is new
        ([".content[]<text>.mood"], [".content[]<text>.mood"]),
        ([".speed=warp"], [".speed=warp"]),
        ([".model=claude"], []),  # we take any text
        ([".content[]<text>.note.author"], []),  # we take what is in it as it is
    ],
)
def test_what_a_newer_sdk_adds_is_new(add: list[str], found: list[str]) -> None:
    assert new("request", of_rule(OURS), told(add=add)) == [Finding("request", part, ("python",)) for part in found]


def test_what_a_newer_sdk_has_no_more_is_gone() -> None:
    lost = {part for part in OLDER if part.startswith(".place")} | {".speed=slow"}

    assert gone("request", of_rule(OURS), told(leave_out=lost)) == [
        Finding("request", ".place"),
        Finding("request", ".speed=slow"),
    ]


def test_what_was_seen_elsewhere_is_never_gone() -> None:
    known = of_values(["one", "two"], elsewhere=["three"])

    assert known.parts == {"=one", "=two", "=three"}
    assert gone("beta", known, {"python": {"=one"}}) == [Finding("beta", "=two")]
    assert new("beta", known, {"python": {"=three", "=four"}}) == [Finding("beta", "=four", ("python",))]


def test_values_show_what_is_known_of_answers() -> None:
    known = of_data([{"type": "message", "usage": {"input": 1}, "stop": None}, {"type": "ping"}])

    assert known == Known(
        frozenset({"<message>", "<message>.usage", "<message>.usage.input", "<message>.stop", "<ping>"}),
        frozenset({"<message>.usage.input", "<message>.stop"}),
    )


def test_the_way_to_a_part_leads_through_what_it_is_in() -> None:
    assert above(".a[]<b.c>.d=e.f") == ["", ".a", ".a[]", ".a[]<b.c>", ".a[]<b.c>.d"]


ENTRIES = [
    {"area": "request", "new": [".a[]<b>", "*.c"], "why": "Because."},
    {"area": "request", "gone": [".d"], "why": "It is ours."},
]


def test_what_is_explained_is_left_alone() -> None:
    findings = [Finding("request", part, ("python",)) for part in (".a[]<b>", ".x.c", ".d")]
    result = sort([*findings, Finding("request", ".d"), Finding("answer", ".y.c", ("python",))], explanations(ENTRIES))

    assert [(one.area, one.part) for one in result.unexplained] == [("request", ".d"), ("answer", ".y.c")]
    assert result.explained == 3
    assert result.needless == []


def test_an_explanation_of_nothing_is_told() -> None:
    result = sort([Finding("request", ".d")], explanations(ENTRIES))

    assert [one.way for one in result.needless] == [".a[]<b>", "*.c"]


@pytest.mark.parametrize("rule", [TEXT, OBJECT, text_or(OBJECT)])
def test_a_rule_without_parts_has_none(rule: Rule) -> None:
    assert of_rule(rule).parts == frozenset()
