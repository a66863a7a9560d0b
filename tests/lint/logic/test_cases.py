import pytest

from mockgw.lint.logic.cases import MOST_CASES, Case, alternatives, cases, possible, proves
from mockgw.lint.logic.formulas import Formula, Ranged, of_match
from mockgw.lint.logic.spans import NOTHING
from tests.support import scenario


def formula(match: str) -> Formula:
    return of_match(scenario(f"rules: [{{match: {match}, reply: x}}]").rules[0])


def test_ways_in_which_a_formula_can_hold() -> None:
    assert len(alternatives(formula("{prompt: [a, b], system: [c, d, e]}"))) == 6
    assert len(alternatives(formula("{any: [{prompt: [a, b]}, {step: 1, tools: [x, y]}]}"))) == 4
    assert len(cases(formula("{prompt: {in: [a, b], contains: a}}"))) == 1


def test_too_many_ways_stay_together() -> None:
    words = ", ".join(f"w{number}" for number in range(MOST_CASES))
    both = formula(f"{{prompt: [{words}], system: [a, b]}}")

    assert len(alternatives(both)) == MOST_CASES
    assert len(alternatives(formula(f"{{prompt: [{words}, one more]}}"))) == 1
    assert proves(both, formula("{system: [a, b, c]}"))
    assert not proves(both, formula("{system: [b, c]}"))


@pytest.mark.parametrize(
    ("strong", "weak", "expected"),
    [
        pytest.param("{step: 1}", "{turn: {gte: 1}}", True, id="turns"),
        pytest.param("{prompt: a}", "{any: [{prompt: b}, {prompt: {contains: a}}]}", True, id="either"),
        pytest.param("{tools: a}", "{tools: {not: b}}", False, id="several-values"),
        pytest.param("{prompt: a}", "{prompt: {not: b}}", True, id="one-value"),
        pytest.param("{tools: {not: {contains: a}}}", "{tools: {not: ab}}", True, id="denied"),
        pytest.param("{tool_result: {name: a}}", "{tool_result: {name: {contains: a}}}", True, id="result"),
        pytest.param("{tool_result: {name: a}}", "{tool_result: {name: b}}", False, id="another-result"),
        pytest.param("{agent: side}", "{agent: side, tools: {present: false}}", True, id="side-call"),
        pytest.param("{prompt: {present: false}}", "{nth_prompt: 0}", True, id="no-prompt"),
        pytest.param("{nth_prompt: {lt: 2}}", "{prompt: {present: true}}", False, id="perhaps-a-prompt"),
        pytest.param("{step: {gt: 1, lt: 1}}", "{prompt: x}", True, id="nothing"),
    ],
)
def test_one_formula_proves_another(strong: str, weak: str, expected: bool) -> None:
    assert proves(formula(strong), formula(weak)) is expected


def test_what_cannot_be() -> None:
    assert possible(formula("{tool_result: {name: a}}"))
    assert not possible(formula("{tool_result: {name: {all: [a, b]}}}"))


def test_a_case_is_empty_when_no_number_is_left() -> None:
    case = Case()
    step = formula("{agent: [main, sub, side], step: 1}")
    assert isinstance(step, Ranged)
    case.narrow(step)

    assert not case.is_empty
    case.narrow(Ranged("step", NOTHING, step.domain))
    assert case.is_empty
