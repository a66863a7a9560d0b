import pytest

from mockgw.protocol.errors import ApiError
from mockgw.protocol.paging import page

INFOS = [{"id": id} for id in "abcde"]


@pytest.mark.parametrize(
    ("query", "ids", "has_more"),
    [
        ({}, "abcde", False),
        ({"limit": "2"}, "ab", True),
        ({"limit": "5"}, "abcde", False),
        ({"limit": "1000"}, "abcde", False),
        ({"after_id": "b"}, "cde", False),
        ({"after_id": "b", "limit": "2"}, "cd", True),
        ({"after_id": "e"}, "", False),
        ({"before_id": "d"}, "abc", False),
        ({"before_id": "d", "limit": "2"}, "bc", True),
        ({"after_id": "a", "before_id": "e"}, "bcd", False),
        ({"after_id": "a", "before_id": "e", "limit": "1"}, "d", True),
        ({"after_id": "d", "before_id": "b"}, "", False),
    ],
)
def test_a_page_is_the_part_that_was_asked_for(query: dict[str, str], ids: str, has_more: bool) -> None:
    answer = page(INFOS, query, of="thing")

    assert "".join(info["id"] for info in answer["data"]) == ids
    assert answer["has_more"] is has_more
    assert (answer["first_id"], answer["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))


def test_a_page_has_twenty_entries_unless_told_otherwise() -> None:
    infos = [{"id": str(number)} for number in range(21)]

    answer = page(infos, {}, of="thing")

    assert len(answer["data"]) == 20
    assert answer["has_more"] is True


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("0", "limit: Input should be greater than or equal to 1"),
        ("-3", "limit: Input should be greater than or equal to 1"),
        ("1001", "limit: Input should be less than or equal to 1000"),
        ("many", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("1_0", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("9" * 5000, "limit: Input should be a valid integer, unable to parse string as an integer"),
    ],
    ids=["zero", "negative", "too-many", "word", "empty", "underscore", "huge"],
)
def test_a_wrong_limit_is_a_400_that_says_what_it_should_be(limit: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        page(INFOS, {"limit": limit}, of="thing")

    assert (caught.value.status, caught.value.message, caught.value.param) == (400, message, "limit")


@pytest.mark.parametrize("param", ["after_id", "before_id"])
def test_an_unknown_cursor_is_a_400_that_names_it(param: str) -> None:
    with pytest.raises(ApiError, match="no thing 'nobody' in this list") as caught:
        page(INFOS, {param: "nobody"}, of="thing")

    assert (caught.value.status, caught.value.param) == (400, param)
    assert caught.value.message.startswith(f"{param}: ")


@pytest.mark.parametrize("param", ["after_id", "before_id"])
def test_where_ids_are_invented_an_unknown_cursor_is_as_if_it_were_not_there(param: str) -> None:
    assert page(INFOS, {param: "nobody"}, of="thing", invents=True)["data"] == INFOS
