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
        ("three", 4, "wrong-value"),
    ]


def test_problems_of_namesakes_and_of_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    paths = [*write(tmp_path, one="reply: a"), *write(tmp_path / "in", one="reply: b")]

    assert [problem.code for problem in check(paths).errors] == ["same-name"]
    with pytest.raises(SettingsError, match="there is no such file"):
        check([tmp_path / "nope.yaml"])


def test_a_library_opens_when_nothing_is_wrong(tmp_path: Path) -> None:
    paths = write(tmp_path, one="reply: a", two="reply: b")
    library, checked = open_checked(paths, "two")

    assert (library.chosen, checked.problems) == ("two", ())


def test_an_error_anywhere_opens_no_library(tmp_path: Path) -> None:
    paths = write(tmp_path, one="reply: a", two="reply: '{{ promt }}'", three="replly: b")

    with pytest.raises(ScenarioError) as caught:
        open_checked(paths)

    assert [problem.path.stem for problem in caught.value.problems] == ["two", "three"]


def test_of_very_many_problems_the_first_are_told(tmp_path: Path) -> None:
    rules = "".join(f"  - {{match: {{prompt: a{number}}}, replyy: a}}\n" for number in range(300))
    problems = check(write(tmp_path, many=f"rules:\n{rules}")).problems

    assert len(problems) == 101
    assert (problems[-1].line, problems[-1].message) == (102, "200 more from here on; mend those above first")


def test_a_file_that_is_named_twice_is_told_once(tmp_path: Path) -> None:
    (path,) = write(tmp_path, one="replly: a")
    assert len(check([path, path]).problems) == 1


def test_warnings_do_not_keep_a_library_from_opening(tmp_path: Path) -> None:
    library, checked = open_checked(write(tmp_path, odd="reply: a\nstop_reason: endturn"))

    assert list(library.scenarios) == ["odd"]
    assert [problem.code for problem in checked.warnings] == ["doubtful-answer"]
