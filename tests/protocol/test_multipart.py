import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockgw.protocol.errors import ApiError
from mockgw.protocol.multipart import Part, parse

FORM = 'multipart/form-data; boundary="b"'
FILE = 'Content-Disposition: form-data; name="file"'


def form(*parts: str) -> bytes:
    return "".join(f"--b\r\n{part}\r\n" for part in parts).encode() + b"--b--\r\n"


def test_a_form_is_read() -> None:
    file = f'{FILE}; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\none\r\ntwo'
    fields = parse(FORM, form(file, "content-disposition: form-data; name=seconds\r\n\r\n3600"))
    assert fields == {
        "file": Part("file", "a.txt", "text/plain", b"one\r\ntwo"),
        "seconds": Part("seconds", None, "", b"3600"),
    }


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="a b;c.txt"', "a b;c.txt"),
        ('filename="a%22b.txt"', 'a"b.txt'),
        (r'filename="a\"b.txt"', 'a"b.txt'),
        ('filename="100%.txt"', "100%.txt"),
        ('filename=""', ""),
        ("filename=a.txt", "a.txt"),
        ("filename*=UTF-8''caf%C3%A9.txt", "caf\u00e9.txt"),
        ("filename*=iso-8859-1''caf%E9.txt", "caf\u00e9.txt"),
        ('filename="caf\u00e9.txt"', "caf\u00e9.txt"),
    ],
)
def test_names_come_in_many_spellings(written: str, name: str) -> None:
    assert parse(FORM, form(f"{FILE}; {written}\r\n\r\n"))["file"].filename == name


@given(st.binary(max_size=200), st.from_regex(r"[\w ;=,.'\"()-]{1,20}", fullmatch=True))
def test_what_a_client_sends_arrives(data: bytes, name: str) -> None:
    sent = httpx2.Request("POST", "http://mock", files={"file": (name, data, "x/y")}, data={"other": "1"})
    fields = parse(sent.headers["content-type"], sent.read())
    assert fields == {"other": Part("other", None, "", b"1"), "file": Part("file", name, "x/y", data)}


UNENDED = "The request body is not valid multipart/form-data: it does not end in its boundary"


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("application/json", b"{}", "content-type: Input should be 'multipart/form-data' with a boundary, not 'app"),
        ("", b"", "content-type: Input should be 'multipart/form-data' with a boundary, not ''"),
        ("multipart/form-data", b"", "content-type: Input should be 'multipart/form-data' with a boundary"),
        (FORM, b"", UNENDED),
        (FORM, b"--b\r\n\r\na", UNENDED),
        (FORM, form("a"), "The request body is not valid multipart/form-data: a part of it has no name"),
    ],
)
def test_what_is_no_form_is_a_400_that_says_why(content_type: str, body: bytes, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(content_type, body)
    assert (refused.value.status, refused.value.message[: len(message)]) == (400, message)
