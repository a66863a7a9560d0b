"""A condition that is compiled holds whenever the interpreted one does."""

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BeforeValidator, TypeAdapter

from mockgw.protocol.conversation import ToolResult
from mockgw.scenario.compiled import compiled
from mockgw.scenario.conditions import ClockCondition, Condition, read_condition
from mockgw.scenario.context import collapse
from mockgw.scenario.results import ToolResultCondition
from tests.lint.strategies import COUNT_OPERATORS, NUMBERS, TEXT_OPERATORS, TEXTS, WORDS, conditions

Read = BeforeValidator(read_condition)
JSON: TypeAdapter[Condition[Any]] = TypeAdapter(Annotated[Condition[Any], Read])
CLOCK: TypeAdapter[ClockCondition] = TypeAdapter(Annotated[ClockCondition, Read])
RESULT: TypeAdapter[ToolResultCondition] = TypeAdapter(Annotated[ToolResultCondition, Read])

SCALARS = st.one_of(WORDS, WORDS.map(collapse), NUMBERS, st.sampled_from([0.0, 1.0, 1.5]), st.booleans(), st.none())
JSONS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", " a"]), inner, max_size=2),
    max_leaves=4,
)
JSON_OPERATORS = (
    TEXT_OPERATORS | dict.fromkeys(("equals", "gt", "lte"), SCALARS) | {"in": JSONS.filter(lambda value: value != [])}
)
TIMES = st.integers(0, 9)
CLOCK_OPERATORS = dict.fromkeys(COUNT_OPERATORS, TIMES)
CALLS = st.builds(ToolResult, st.none() | WORDS, WORDS.map(collapse), st.booleans())


@pytest.mark.parametrize("one", [True, False, 1, 1.0, 0, "1", " 1", "true", "", None, [1], {}], ids=repr)
@pytest.mark.parametrize("other", [True, 1, 0.0, "1 ", "True", None, [1.0], {}], ids=repr)
def test_equal_values_are_found(one: Any, other: Any) -> None:
    condition = JSON.validate_python({"equals": [other]})

    assert compiled(condition)((one,)) is condition.holds((one,))


def several(operators: dict[str, Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions with one operator or two, and perhaps with more beside them."""
    one = conditions(operators)
    mappings = one.filter(lambda condition: isinstance(condition, dict))
    beside = st.fixed_dictionaries({}, optional=more)
    return one | st.builds(lambda first, second, rest: {**first, **second, **rest}, mappings, mappings, beside)


@settings(max_examples=200, deadline=None)
@given(several(JSON_OPERATORS), st.lists(JSONS, max_size=3).map(tuple))
def test_conditions_on_values(written: Any, values: tuple[Any, ...]) -> None:
    condition = JSON.validate_python(written)

    assert compiled(condition)(values) is condition.holds(values)


@given(several(TEXT_OPERATORS, name=TEXTS, is_error=st.booleans()), st.lists(CALLS, max_size=3).map(tuple))
def test_conditions_on_tool_results(written: Any, values: tuple[Any, ...]) -> None:
    condition = RESULT.validate_python(written)

    assert compiled(condition)(values) is condition.holds(values)


@given(several(CLOCK_OPERATORS, every=st.integers(1, 4)), TIMES)
def test_conditions_on_the_clock(written: Any, now: float) -> None:
    condition = CLOCK.validate_python(written)

    assert compiled(condition)((now,)) is condition.holds((now,))


@given(st.data())
def test_conditions_within_those_on_tool_results(data: st.DataObject) -> None:
    inner = several(TEXT_OPERATORS, name=TEXTS, is_error=st.booleans())
    written = {data.draw(st.sampled_from(["not", "any", "all", "none"])): [data.draw(inner), data.draw(inner)]}
    values = tuple(data.draw(st.lists(CALLS, max_size=2)))
    condition = RESULT.validate_python(written)

    assert compiled(condition)(values) is condition.holds(values)
