from typing import Any

import pytest

from mockgw.lint.logic.formulas import Atom, Every, of_match
from mockgw.lint.logic.values import covers, disjoint, fits
from tests.support import scenario


def atom(condition: str) -> Atom:
    formula = of_match(scenario(f"rules: [{{match: {{body: {{a: {condition}}}}}, reply: x}}]").rules[0])
    assert isinstance(formula, Every)
    (found,) = (part for part in formula.parts if isinstance(part, Atom))
    return found


@pytest.mark.parametrize(
    ("weak", "strong", "expected"),
    [
        ("{contains: a}", "{contains: b a}", True),
        ("{contains: a}", "{starts_with: ab}", True),
        ("{contains: b a}", "{contains: a}", False),
        ("{starts_with: a}", "{starts_with: ab}", True),
        ("{starts_with: a}", "{contains: ab}", False),
        ("{ends_with: b}", "{ends_with: ab}", True),
        ("{ends_with: b}", "{starts_with: ab}", False),
        ("{contains: a}", "' ab '", True),
        ("{matches: 'a+$'}", "baa", True),
        ("{matches: 'a+$'}", "{ends_with: a}", False),
        ("{matches: 'a+$'}", "{matches: 'a+$'}", True),
        ("{matches: '(a+)+$'}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", False),
        ("{matches: 'a*a*a*a*a*b'}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaab", False),
        ("{present: true}", "x", True),
        ("{gt: 1}", "{gt: 2}", True),
        ("{gte: 2}", "{gt: 2}", True),
        ("{gt: 2}", "{gte: 2}", False),
        ("{gt: '1'}", "{gt: 2}", False),
        ("{gt: 1}", "2", True),
        ("{gt: 1}", "x", False),
        ("{gt: '1'}", "'2'", False),
        ("{contains: '2'}", "2", False),
        ("{contains: a}", "{gt: 2}", False),
        ("1", "1.0", True),
        ("true", "1", False),
        ("{equals: [[a, {b: 1}]]}", "{equals: [[a, {b: 1}]]}", True),
    ],
)
def test_what_follows_from_a_value_that_fits(weak: str, strong: str, expected: bool) -> None:
    assert covers(atom(weak), atom(strong)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "b", True),
        ("a", "{contains: b}", True),
        ("ab", "{contains: b}", False),
        ("{starts_with: a}", "{starts_with: b}", True),
        ("{starts_with: a}", "{starts_with: ab}", False),
        ("{ends_with: a}", "{ends_with: b}", True),
        ("{starts_with: a}", "{ends_with: b}", False),
        ("{gt: 2}", "{lt: 2}", True),
        ("{gt: 2}", "{lt: 3}", False),
        ("{gt: 2}", "{lt: '1'}", True),
        ("{gt: 2}", "{contains: a}", True),
        ("{gt: '2'}", "{contains: a}", False),
        ("'5'", "{gt: '2'}", False),
        ("'5'", "{gt: '7'}", True),
    ],
)
def test_values_that_exclude_each_other(one: str, other: str, expected: bool) -> None:
    assert disjoint(atom(one), atom(other)) is expected
    assert disjoint(atom(other), atom(one)) is expected


@pytest.mark.parametrize(
    ("known", "condition", "expected"),
    [
        ("ab", "{contains: b}", True),
        ("ab", "{matches: 'c|b'}", True),
        (3, "{matches: 'c|b'}", False),
        ("ab", "{matches: '(a|b)*c'}", None),
        ("5", "{gt: '3'}", None),
        ("5", "{gt: 3}", False),
        (5, "{gt: 3}", True),
        (5, "{present: true}", True),
    ],
)
def test_whether_a_known_value_fits(known: Any, condition: str, expected: bool | None) -> None:
    assert fits(known, atom(condition)) is expected
