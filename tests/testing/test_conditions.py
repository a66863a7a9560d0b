from typing import Any

import pytest

from mockgw.scenario.conditions import Condition
from mockgw.testing import conditions


@pytest.mark.parametrize(
    ("said", "data"),
    [
        (conditions.contains("a"), {"contains": "a"}),
        (conditions.contains("a", "b"), {"contains": ["a", "b"]}),
        (conditions.starts_with("a"), {"starts_with": "a"}),
        (conditions.ends_with("a"), {"ends_with": "a"}),
        (conditions.matches(r"\d"), {"matches": r"\d"}),
        (conditions.is_not("a"), {"not": "a"}),
        (conditions.is_not(conditions.contains("a")), {"not": {"contains": "a"}}),
        (conditions.present(), {"present": True}),
        (conditions.present(False), {"present": False}),
        (conditions.condition(in_=["a"], not_="b", gte=1), {"in": ["a"], "not": "b", "gte": 1}),
    ],
    ids=str,
)
def test_a_condition_is_the_data_of_its_yaml(said: Any, data: Any) -> None:
    assert said == data


def test_every_operator_can_be_said() -> None:
    for name, field in Condition.model_fields.items():
        assert conditions.condition(**{name: "x"}) == {field.alias or name: "x"}
