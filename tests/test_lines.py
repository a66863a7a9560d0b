import json
from contextlib import closing
from pathlib import Path

import pytest

from mockgw.errors import SettingsError
from mockgw.lines import JournalFile
from tests.support import exchange


@pytest.mark.parametrize(
    ("body", "kept"),
    [(b"", ""), (b"{", "{"), (b"5", "5"), (b"\xff", "\ufffd"), (b"[" * 300 + b"]" * 300, "[" * 300 + "]" * 300)],
    ids=["none", "broken", "number", "bytes", "deep"],
)
def test_a_body_that_is_no_object_is_kept_as_text(tmp_path: Path, body: bytes, kept: str) -> None:
    path = tmp_path / "journal.jsonl"
    with closing(JournalFile(path, print)) as file:
        file(exchange(body=body))
    assert json.loads(path.read_bytes())["request"]["body"] == kept


def test_each_exchange_is_a_line_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"kept": true}\n')
    with closing(JournalFile(path, print)) as file:
        for name in "ab":
            file(exchange(name, body=b'{"text": "two\\nlines"}'))
            assert json.loads(path.read_bytes().splitlines()[-1])["request_id"] == name
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [line.get("run") for line in lines] == [None, "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"]


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"the journal .*cannot be written: No such file or directory"):
        JournalFile(tmp_path / "none" / "journal.jsonl", print)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_told_once_and_breaks_nothing() -> None:
    told: list[str] = []
    file = JournalFile(Path("/dev/full"), told.append)
    for _ in range(3):
        file(exchange())
    ends = "the journal /dev/full ends here: No space left on device; requests are answered as before"
    assert told == [f"mockgw: {ends}"]
