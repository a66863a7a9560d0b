from typing import Any

import pytest

from mockgw.verify.wanted import NotVerifiable, read, read_json


def _refusal(value: Any) -> str:
    with pytest.raises(NotVerifiable) as caught:
        read(value)
    return str(caught.value)


def test_all_requests_are_counted_and_one_is_wanted_unless_it_is_said() -> None:
    verification = read({})
    assert (verification.match.patterns(), verification.times.at_least, verification.order) == ((), 1, None)


def test_it_is_read_from_json() -> None:
    verification = read_json(b'{"match": {"prompt": "Hello"}, "times": {"at_most": 3}}')
    assert (len(verification.match.patterns()), verification.times.at_most) == (1, 3)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            [1],
            "expected what is to be verified, such as {match: {prompt: {contains: hello}}, times: 2} or "
            "{order: [{match: \u2026}, {match: \u2026}]}; found a list",
        ),
        ({"match": {"promt": "x"}}, "'match': unknown key 'promt'; did you mean 'prompt'?"),
        ({"prompt": "x"}, "'prompt' belongs under 'match'"),
        ({"order": [{"prompt": "x"}]}, "'order': 'prompt' belongs under 'match'"),
        ({"order": []}, "'order': expected at least one item, found an empty list"),
        ({"order": [{}], "times": 2, "match": {}}, "'order' stands alone; found 'match' and 'times' beside it"),
        ({"times": "2"}, "'times': expected a whole number, found '2'; write 2, without quotes"),
        ({"times": {"at_least": 3, "at_most": 1}}, "'times': 'at_least' (3) is above 'at_most' (1)"),
        ({"match": None}, "'match' is null; give it a value or leave it out"),
        (
            {"match": {"prompt": {"matches": "("}}},
            "'matches': '(' is not a regular expression: missing ), unterminated",
        ),
        ({"tims": 1, "match": {"stp": 1}}, "unknown key 'tims'; did you mean 'times'?; 'match': unknown key 'stp'"),
    ],
)
def test_what_cannot_be_read_is_told_as_of_a_scenario(value: Any, told: str) -> None:
    assert _refusal(value).startswith(told)


def test_of_many_slips_the_first_are_told() -> None:
    assert _refusal({f"key{number}": 1 for number in range(9)}).endswith("(and 4 more)")


@pytest.mark.parametrize(
    ("match", "key"),
    [
        ({"key": "secret"}, "key"),
        ({"header": {"X-Api-Key": "secret"}}, "header.X-Api-Key"),
        ({"any": [{"header": {"authorization": {"starts_with": "Bearer"}}}]}, "header.authorization"),
    ],
)
def test_what_is_not_kept_cannot_be_verified(match: Any, key: str) -> None:
    told = f"'{key}' cannot be verified: no keys are kept; have a rule with this match, and say in it how often"
    assert _refusal({"match": match}).startswith(told)
    assert _refusal({"order": [{"match": match}]}).startswith(told)


def test_whether_a_header_was_there_can_be_verified() -> None:
    assert read({"match": {"header": {"authorization": {"present": True}}}}).match.patterns()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(NotVerifiable, match="what is to be verified is not JSON: unexpected end of data"):
        read_json("{")
