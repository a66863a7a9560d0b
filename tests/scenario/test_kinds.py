from typing import Any

import jsonschema
import pytest

from mockgw.scenario.kinds import ANSWERS, BESIDE, OF_MESSAGE, answer_schema, check_answer, exactly_one, misplaced

KEYS = (*ANSWERS, *OF_MESSAGE, "then")


def problem(value: dict[str, Any], *instead: str) -> str:
    with pytest.raises(ValueError, match=r"has|needs") as caught:
        check_answer(value, "an answer", instead)
    return str(caught.value)


def test_one_key_is_found() -> None:
    assert exactly_one({"id": "a", "error": 429}, ANSWERS, "an answer") == "error"


def test_two_blocks_are_told_what_to_do() -> None:
    told = problem({"text": "a", "thinking": "b"})

    assert told.endswith("found 'text' and 'thinking'; to give both, list them under 'content:'")


@pytest.mark.parametrize("kind", BESIDE)
def test_what_means_nothing_beside_an_answer_is_misplaced(kind: str) -> None:
    told = problem({kind: "a", "model": "b"}, "rules")

    assert told.startswith(f"'model' has no meaning beside {kind!r}")


def test_a_fault_may_stand_alone_and_is_then_a_message() -> None:
    check_answer({"fault": "stall", "pace": "fast"}, "an answer")

    assert problem({"fault": "stall", "then": "loop"}).startswith("'then' has no meaning beside 'fault'")


def test_the_error_of_a_key_knows_it() -> None:
    assert misplaced("pace", "is wrong").context == {"key": "'pace'", "problem": "is wrong", "name": "pace"}


@pytest.mark.parametrize("one", KEYS)
def test_the_schema_says_the_same_of_every_two_keys(one: str) -> None:
    schema = answer_schema(instead=("rules",))
    for value in ({one: 1, other: 1} for other in ("rules", *KEYS)):
        try:
            check_answer(value, "an answer", instead=("rules",))
        except ValueError:
            assert not jsonschema.Draft202012Validator(schema).is_valid(value)
        else:
            assert jsonschema.Draft202012Validator(schema).is_valid(value)
