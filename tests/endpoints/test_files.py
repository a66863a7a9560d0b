"""Files from their upload to their end, and the list of them."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from mockgw.endpoints import files
from mockgw.endpoints.files import LONGEST, SHORTEST
from tests.endpoints.asking import Answer, Client, client
from tests.support import body, text

CSV = ("a.csv", b"a,b", "text/csv")
MADE = "{gateway: {files: {file_report: {filename: report.csv, text: 'a,b'}}}, reply: a}"
DOWNLOADABLE = "{gateway: {downloadable_uploads: true}, reply: a}"


def uploaded(asked: Client, file: tuple[str, bytes, str] = CSV, session: str = "", **fields: Any) -> Answer:
    request = httpx2.Request("POST", "http://mock", files={"file": file}, data=fields)
    content_type = request.headers["content-type"]
    return asked.call(files.upload, sends=request.read(), session=session, content_type=content_type)


def test_a_file_is_uploaded_shown_and_deleted() -> None:
    asked = client()
    found = uploaded(asked).json
    id = found.pop("id")
    assert found == {
        "type": "file",
        "filename": "a.csv",
        "mime_type": "text/csv",
        "size_bytes": 3,
        "created_at": "2026-01-01T00:00:00Z",
        "downloadable": False,
        "expires_at": None,
    }
    assert (id[:9], len(id)) == ("file_011C", 29)
    assert asked.ask(files.shown, id) == {"id": id, **found}
    assert asked.ask(files.delete, id) == {"id": id, "type": "file_deleted"}
    assert asked.refused(files.shown, id) == (404, f"File `{id}` not found.")


def test_the_journal_does_not_keep_what_was_uploaded() -> None:
    assert uploaded(client()).exchange.body == b'{"file":"a.csv","size_bytes":3}'


def test_what_a_client_has_uploaded_cannot_be_downloaded() -> None:
    asked = client()
    answer = asked.call(files.content, uploaded(asked).json["id"])
    assert answer.exchange.status == 400
    assert answer.json["error"]["details"] == {"error_code": "file_not_downloadable"}


def test_unless_the_gateway_says_so() -> None:
    asked = client(DOWNLOADABLE)
    found = uploaded(asked).json
    answer = asked.call(files.content, found["id"])
    assert found["downloadable"]
    assert (answer.content, answer.headers["content-type"]) == (b"a,b", "text/csv")


def test_what_the_model_has_made_can_be_downloaded_until_it_is_deleted() -> None:
    asked = client(MADE)
    assert asked.ask(files.listed)["data"][0]["filename"] == "report.csv"
    assert asked.call(files.content, "file_report").content == b"a,b"
    asked.ask(files.delete, "file_report")
    assert asked.refused(files.content, "file_report")[0] == 404
    asked.gateway.reset("default")
    assert asked.call(files.content, "file_report").exchange.status == 200


def test_a_file_may_expire() -> None:
    asked = client(DOWNLOADABLE)
    found = uploaded(asked, expires_in_seconds="3600").json
    assert found["expires_at"] == "2026-01-01T01:00:00Z"
    asked.advance(3599)
    assert asked.call(files.content, found["id"]).content == b"a,b"
    asked.advance(1)
    answer = asked.call(files.content, found["id"])
    assert (answer.exchange.status, answer.json["error"]["details"]) == (404, {"error_code": "file_expired"})


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (SHORTEST, ""),
        (LONGEST, ""),
        (SHORTEST - 1, "expires_in_seconds: Input should be greater than or equal to 3600"),
        (LONGEST + 1, "expires_in_seconds: Input should be less than or equal to 7776000"),
        ("soon", "expires_in_seconds: Input should be a valid integer, unable to parse string as an integer"),
    ],
)
def test_how_long_a_file_may_be_kept(seconds: object, message: str) -> None:
    assert uploaded(client(), expires_in_seconds=str(seconds)).refusal == (400 if message else 200, message)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("/home/me/a.csv", "a.csv"),
        (r"C:\me\a.csv", "a.csv"),
        ("x" * 255, "x" * 255),
        ("\u00e9.csv", "\u00e9.csv"),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(name: str, kept: str) -> None:
    assert uploaded(client(), (name, b"", "text/csv")).json["filename"] == kept


@pytest.mark.parametrize("name", ["a?.csv", "a:b", "x" * 256, "a\nb"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    status, message = uploaded(client(), (name, b"", "text/csv")).refusal
    assert (status, message[:43]) == (400, "file: expected a filename of 1 to 255 chara")


NAMELESS = b"""--b\r
Content-Disposition: form-data; name="file"; filename=""\r
Content-Type: image/png\r
\r
\r
--b--"""


@pytest.mark.parametrize("body", [NAMELESS, NAMELESS.replace(b'; filename=""', b"")], ids=["empty", "absent"])
def test_a_file_without_a_name_gets_one(body: bytes) -> None:
    answer = client().call(files.upload, sends=body, content_type="multipart/form-data; boundary=b")
    assert answer.json["filename"] == "unnamed.png"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "The request body is not valid multipart/form-data"),
        (b"--b--", "file: Field required"),
    ],
)
def test_what_is_no_upload_is_refused(body: bytes, message: str) -> None:
    status, told = client().refused(files.upload, sends=body, content_type="multipart/form-data; boundary=b")
    assert (status, told[: len(message)]) == (400, message)


def test_a_session_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.files.MOST_BYTES", 2)
    answer = uploaded(client())
    assert (answer.exchange.status, answer.exchange.refusal) == (400, "full")
    assert answer.json["error"]["details"] == {"error_code": "storage_quota_exceeded"}


def test_a_server_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockgw.endpoints.files.MOST_BYTES_OF_ALL", 6)
    asked = client()
    assert [uploaded(asked, session=name).exchange.status for name in ("a", "b", "c")] == [200, 200, 400]
    asked.gateway.reset("a")
    assert uploaded(asked, session="c").exchange.status == 200


def test_the_list_has_pages_as_they_are_and_as_they_were() -> None:
    asked = client()
    ids = [uploaded(asked).json["id"] for _ in range(3)][::-1]
    first = asked.ask(files.listed, query={"limit": "2"})
    assert [one["id"] for one in first["data"]] == ids[:2]
    assert (first["has_more"], first["first_id"], first["last_id"]) == (True, *ids[:2])
    for onwards in ({"page": first["next_page"]}, {"after_id": first["last_id"]}):
        rest = asked.ask(files.listed, query={"limit": "2", **onwards})
        assert [one["id"] for one in rest["data"]] == ids[2:]
        assert (rest["has_more"], rest["next_page"]) == (False, None)
    before = asked.ask(files.listed, query={"limit": "1", "before_id": ids[2]})
    assert ([one["id"] for one in before["data"]], before["next_page"]) == ([ids[1]], None)


def test_the_list_can_be_of_some_ids_or_of_a_scope() -> None:
    asked = client()
    ids = [uploaded(asked).json["id"] for _ in range(3)]
    some = asked.ask(files.listed, query={"ids[]": f"{ids[0]},nobody,{ids[2]}"})
    assert ([one["id"] for one in some["data"]], some["next_page"]) == ([ids[2], ids[0]], None)
    assert asked.ask(files.listed, query={"scope_id": "sess_1"})["data"] == []


def test_sessions_do_not_see_each_others_files() -> None:
    asked = client()
    id = uploaded(asked, session="one").json["id"]
    assert asked.refused(files.shown, id, session="other")[0] == 404
    asked.gateway.reset("one")
    assert asked.refused(files.shown, id, session="one")[0] == 404


@pytest.mark.parametrize("call", ["shown", "delete", "content"])
def test_an_unknown_file_is_a_404_that_names_it(call: str) -> None:
    assert client().refused(getattr(files, call), "file_x") == (404, "File `file_x` not found.")


def test_there_are_none_in_the_other_dialect() -> None:
    assert client(dialect="siraya").refused(files.listed)[0] == 404


def test_an_invented_file_is_one_that_somebody_uploaded() -> None:
    asked = client("{gateway: {unknown_ids: invent}, reply: a}")
    found = asked.ask(files.shown, "theirs")
    assert (found["id"], found["filename"], found["downloadable"]) == ("theirs", "theirs.txt", False)
    assert asked.ask(files.delete, "theirs")["type"] == "file_deleted"
    assert asked.ask(files.listed, query={"page": "theirs"})["data"] == []


STRICT = "dialect: anthropic, validate: strict, files: {file_made: {filename: a.txt, text: a}}"
CODE = {"type": "code_execution_20250825", "name": "code_execution"}


def naming(asked: Client, block: dict[str, Any]) -> str:
    """What is answered to a message with a file in it."""
    request = body(messages=[{"role": "user", "content": [block]}], tools=[CODE])
    return text(asked.gateway, request, anthropic_version="2023-06-01")


def of_document(id: str) -> dict[str, Any]:
    return {"type": "document", "source": {"type": "file", "file_id": id}}


def of_container(id: str) -> dict[str, Any]:
    return {"type": "container_upload", "file_id": id}


@pytest.mark.parametrize("block", [of_document, of_container])
def test_a_strict_gateway_minds_whether_a_file_is_there(block: Callable[[str], dict[str, Any]]) -> None:
    asked = client(f"{{gateway: {{{STRICT}}}, reply: Seen}}")
    id = uploaded(asked, expires_in_seconds="3600").json["id"]
    told = [naming(asked, block(one)) for one in (id, "file_made", "file_x")]
    assert told == ["Seen", "Seen", "File `file_x` not found."]
    asked.advance(3600)
    assert naming(asked, block(id)) == f"File `{id}` not found."


@pytest.mark.parametrize("gateway", ["dialect: anthropic, unknown_ids: invent", "dialect: siraya"])
def test_where_ids_are_invented_or_nobody_keeps_files_each_is_there(gateway: str) -> None:
    assert naming(client(f"{{gateway: {{{gateway}, validate: strict}}, reply: Seen}}"), of_document("file_x")) == "Seen"
