from datetime import UTC, datetime

import pytest

from mockgw import files
from mockgw.files import File, Files, extension_of, made, type_of
from mockgw.scenario.gateway.files import FileForm

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def file(id: str, data: bytes = b"abc", lasts: int | None = None) -> File:
    return File(id, "a.txt", "text/plain", data, NOW, lasts)


def test_files_are_found_and_listed_the_newest_first() -> None:
    kept = Files()
    assert [kept.add(file(id)) for id in "ab"] == [True, True]
    assert [one.id for one in kept.newest_first()] == ["b", "a"]
    assert (kept.find("a"), kept.find("x"), kept.size_bytes) == (file("a"), None, 6)
    kept.remove("a")
    kept.remove("a")
    assert list(kept) == [file("b")]


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_what_does_not_fit_is_not_kept(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(files, limit, {"MOST_FILES": 1, "MOST_BYTES": 5}[limit])
    kept = Files()
    assert [kept.add(file(id)) for id in "ab"] == [True, False]
    kept.remove("a")
    assert kept.add(file("b"))


def test_files_that_were_provided_and_deleted_do_not_come_back() -> None:
    kept = Files()
    kept.provide("terms", [file("a")])
    kept.remove("a")
    kept.provide("terms", [file("a")])
    assert list(kept) == []
    kept.provide("other terms", [file("a")])
    assert list(kept) == [file("a")]


def test_a_file_expires_when_it_says() -> None:
    assert not file("a").has_expired(datetime.max.replace(tzinfo=UTC))
    one = file("a", lasts=3600)
    expires = datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert one.expires == expires
    assert [one.has_expired(when) for when in (NOW, expires)] == [False, True]


def test_a_file_is_text_if_it_can_be_read_so() -> None:
    assert (file("a", b"caf\xc3\xa9").text, file("a", b"\xff").text) == ("caf\u00e9", None)


def test_what_a_scenario_has_made_is_a_text_of_its_own_type() -> None:
    csv = File("id", "a.csv", "text/csv", b"1,2", NOW, made=True)
    assert made(FileForm(filename="a.csv", text="1,2"), "id", NOW) == csv
    assert made(FileForm(filename="a", text="", mime_type="x/y"), "id", NOW).mime_type == "x/y"


@pytest.mark.parametrize(
    ("filename", "said", "found"),
    [
        ("a.pdf", "", "application/pdf"),
        ("a.pdf", "application/octet-stream", "application/pdf"),
        ("a.pdf", "text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("a", "", "application/octet-stream"),
        ("", "image/png", "image/png"),
    ],
)
def test_the_type_is_what_is_said_else_told_by_the_name(filename: str, said: str, found: str) -> None:
    assert type_of(filename, said) == found


def test_types_have_usual_ends_of_names() -> None:
    assert [extension_of(one) for one in ("image/png", "text/plain; charset=utf-8", "x/y")] == [".png", ".txt", ""]
