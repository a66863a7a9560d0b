from pathlib import Path

import pytest

from mockgw.errors import ScenarioError, SettingsError
from mockgw.lint.check import check, open_checked


def write(folder: Path, **files: str) -> list[Path]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [folder / f"{name}.yaml" for name in files]


def test_every_problem_of_every_file_is_found(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        one="replly: a\nx: 1\npcae: fast",
        two="reply: '{{ promt }}'",
        three="reply: a\nreply: b\npace:\ndelay: soon",
    )
    found = [(problem.path.stem, problem.line, problem.code) for problem in check(paths).problems]

    assert found == [
        ("one", 1, "unknown-key"),
        ("one", 2, "unknown-key"),
        ("one", 3, "unknown-key"),
        ("two", 1, "unknown-name"),
        ("three", 2, "duplicate-key"),
        ("three", 3, "empty-value"),
    ]


def test_problems_of_namesakes_and_of_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    paths = [*write(tmp_path, one="reply: a"), *write(tmp_path / "in", one="reply: b")]

    assert [problem.code for problem in check(paths).errors] == ["same-name"]
    with pytest.raises(SettingsError, match="there is no such file"):
        check([tmp_path / "nope.yaml"])


def test_a_library_opens_when_nothing_is_wrong(tmp_path: Path) -> None:
    paths = write(tmp_path, one="reply: a", two="reply: b")
    library, report = open_checked(paths, "two")

    assert (library.chosen, report.problems) == ("two", ())


def test_an_error_anywhere_opens_no_library(tmp_path: Path) -> None:
    paths = write(tmp_path, one="reply: a", two="reply: '{{ promt }}'", three="replly: b")

    with pytest.raises(ScenarioError) as caught:
        open_checked(paths)

    assert [problem.path.stem for problem in caught.value.problems] == ["two", "three"]
