import json
from pathlib import Path

import pytest

from mockgw.errors import Problem, ScenarioError, SettingsError
from mockgw.lint.report import CODES, ERRORS, WARNINGS, Report, error_lines, github, pictured, problem_line, text
from mockgw.lint.report import json as as_json

TYPO = Problem("unknown key 'mach'; did you mean 'match'?", Path("weather.yaml"), 2, 5, "unknown-key")
DOUBT = Problem("100% odd,\nreally", Path("a,b.yaml"), 1, 1, "doubtful-answer", "warning")
EMPTY = Problem("this file is empty", Path("empty.yaml"))


def test_a_problem_is_one_line() -> None:
    assert problem_line(TYPO) == "weather.yaml:2:5: error: unknown key 'mach'; did you mean 'match'? [unknown-key]"
    assert problem_line(DOUBT) == "a,b.yaml:1:1: warning: 100% odd,\\nreally [doubtful-answer]"
    assert problem_line(EMPTY) == "empty.yaml: error: this file is empty [yaml]"


def test_a_command_ends_with_every_problem_or_with_one_message() -> None:
    assert error_lines(ScenarioError.of([TYPO, EMPTY])) == (problem_line(TYPO), problem_line(EMPTY))
    assert error_lines(SettingsError("x.yaml: there is no such file")) == ("mockgw: x.yaml: there is no such file",)


def test_no_name_can_move_the_cursor() -> None:
    assert "\x1b" not in problem_line(Problem("'\x1b[2J' stands here", Path("\x1b[31m.yaml")))


@pytest.mark.parametrize(
    ("problems", "shipped", "expected"),
    [
        ([TYPO, DOUBT, DOUBT], False, "3 files: 1 error, 2 warnings"),
        ([TYPO, EMPTY], False, "3 files: 2 errors"),
        ([DOUBT], False, "3 files: 1 warning"),
        ([], False, "3 files: nothing to complain about"),
        ([], True, "3 files of mockgw's own: nothing to complain about; name files or folders to check yours"),
    ],
    ids=["both", "errors", "warnings", "nothing", "shipped"],
)
def test_the_last_line_counts(problems: list[Problem], shipped: bool, expected: str) -> None:
    report = Report(problems, 3, shipped=shipped)
    assert report.summary == expected
    assert text(report).splitlines() == [*map(problem_line, problems), expected]


def test_json_is_one_object() -> None:
    assert json.loads(as_json(Report([TYPO, EMPTY], 2))) == {
        "problems": [
            {
                "file": "weather.yaml",
                "line": 2,
                "column": 5,
                "code": "unknown-key",
                "severity": "error",
                "message": "unknown key 'mach'; did you mean 'match'?",
            },
            {
                "file": "empty.yaml",
                "line": None,
                "column": None,
                "code": "yaml",
                "severity": "error",
                "message": "this file is empty",
            },
        ],
        "files": 2,
        "errors": 2,
        "warnings": 0,
    }


def test_github_gets_escaped_commands() -> None:
    assert github(Report([TYPO, DOUBT, EMPTY], 3)).splitlines() == [
        "::error file=weather.yaml,line=2,col=5,title=unknown-key::unknown key 'mach'; did you mean 'match'?",
        "::warning file=a%2Cb.yaml,line=1,col=1,title=doubtful-answer::100%25 odd,%0Areally",
        "::error file=empty.yaml,title=yaml::this file is empty",
        "3 files: 2 errors, 1 warning",
    ]


def looked_at(folder: Path, line: str, column: int) -> list[str]:
    """What a person sees of a problem in the second line of a file."""
    file = folder / "a.yaml"
    file.write_text(f"rules:\n{line}\n", encoding="utf-8")
    shown = pictured(Report([Problem("wrong", file, 2, column)], 1), coloured=False)
    return shown.splitlines()[1:-1]


def test_people_see_the_place(tmp_path: Path) -> None:
    assert looked_at(tmp_path, "  - mach: {}", 5) == ["      - mach: {}", "        ^"]


def test_of_a_long_line_the_part_around_the_place_is_shown(tmp_path: Path) -> None:
    line, caret = looked_at(tmp_path, "a" * 300 + "b" + "c" * 300, 301)
    assert (len(line), line[caret.index("^")]) == (104, "b")


@pytest.mark.parametrize("place", [(None, None), (9, 1), (2, 1)], ids=["no-line", "behind-the-end", "blank-line"])
def test_what_cannot_be_shown_is_not(tmp_path: Path, place: tuple[int | None, int | None]) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n\n", encoding="utf-8")
    report = Report([Problem("wrong", tmp_path / "a.yaml", *place)], 1)
    assert pictured(report, coloured=False) == text(report)


def test_two_problems_of_a_file_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\nb: 2", encoding="utf-8")
    problems = [Problem("wrong", tmp_path / "a.yaml", line, 4) for line in (1, 2)]
    shown = pictured(Report(problems, 1), coloured=False).splitlines()
    assert shown[1::3] == ["    a: 1", "    b: 2"]


def test_a_file_that_is_gone_is_not_shown(tmp_path: Path) -> None:
    report = Report([Problem("wrong", tmp_path / "gone.yaml", 1, 1)], 1)
    assert pictured(report, coloured=False) == text(report)


def test_colours_are_for_the_place_and_the_severity(tmp_path: Path) -> None:
    shown = pictured(Report([DOUBT], 1), coloured=True)
    assert shown.startswith("\x1b[1ma,b.yaml:1:1:\x1b[0m \x1b[33mwarning:\x1b[0m 100% odd")


def test_each_code_has_one_severity_and_one_line() -> None:
    assert not ERRORS.keys() & WARNINGS.keys()
    assert list(CODES) == sorted({*ERRORS, *WARNINGS})
    assert all("\n" not in meaning and not meaning.endswith(".") for meaning in CODES.values())
