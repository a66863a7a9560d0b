"""The benchmark runs and says what it should; never how fast."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mockgw.server.runner import Server
from tests.support import pipeline

FOLDER = Path(__file__).parent.parent / "benchmarks"
needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="the benchmark ends its servers by signal")


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(FOLDER / script), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def module(name: str) -> ModuleType:
    """A module of the benchmark that needs none of the others."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded  # dataclasses look for their module there
    spec.loader.exec_module(loaded)
    return loaded


@needs_unix
def test_a_tiny_run_measures_every_case(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    tiny = ("--rounds", "1", "--seconds", "0.05", "--streams", "3", "--crowd", "20", "--rules", "20")

    ran = run("run.py", *tiny, "--time-scale", "0.02", "--peers", str(tmp_path), "--json", str(target))
    assert ran.returncode == 0, ran.stderr
    rows: list[dict[str, Any]] = json.loads(target.read_text(encoding="utf-8"))["rows"]

    cases = ["small", "large", "stream", "paced", "crowd", "start", "rules", "transcript", "console", "run"]
    assert list(dict.fromkeys(row["case"] for row in rows)) == cases
    beside_bare = [row for row in rows if row["case"] in ("small", "large", "stream", "paced", "start")]
    assert all(row["figures"].keys() == {"mockgw", "bare"} for row in beside_bare)
    assert all(len(row["ratios"]["bare"]) == 1 for row in beside_bare)
    assert all(isinstance(figure, float) for row in rows for figure in row["figures"].values())
    assert len(ran.stdout.splitlines()) == 2 + len(rows)


@needs_unix
def test_without_a_peer_its_column_is_left_out_and_its_goals_are_open(tmp_path: Path) -> None:
    ran = run("run.py", "--only", "small", "--rounds", "1", "--seconds", "0.05", "--peers", str(tmp_path))

    assert "aimock is left out: `make peers` installs it" in ran.stderr
    header, _, row = ran.stdout.splitlines()
    assert "aimock" not in header
    assert "≥ 2 x aimock, ≥ 0.6 x bare uvicorn" in row
    assert row.split("|")[-2].strip() in ("-, yes", "-, no")


def test_help_names_every_flag() -> None:
    shown = run("run.py", "--help").stdout

    flags = ("--only", "--rounds", "--seconds", "--streams", "--crowd", "--rules", "--time-scale", "--json", "--write")
    assert all(flag in shown for flag in flags)


def test_an_unknown_case_is_refused_with_the_known_ones() -> None:
    ran = run("run.py", "--only", "smal")

    assert ran.returncode == 2
    assert "unknown case 'smal'; there are small, large, stream, paced, crowd, start, rules" in ran.stderr


def test_a_wrong_answer_fails_the_run(tmp_path: Path) -> None:
    request = tmp_path / "small.request"
    request.write_bytes(b"POST /v1/messages HTTP/1.1\r\nhost: h\r\nx-api-key: k\r\ncontent-length: 2\r\n\r\n{}")

    with Server(pipeline("reply: Hello!", port=0)) as server:
        ran = run("load.py", server.url.rpartition(":")[2], str(request), "--seconds", "0.05")

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "small.request: WrongAnswer: expected status, size, deltas, end (b'200', None, 0, b'}')" in ran.stderr
    assert "found (b'400'" in ran.stderr


def test_a_row_is_met_or_not_by_the_median_of_ratios_within_a_round() -> None:
    table = module("table")
    rounds = [{"mockgw": 30.0, "bare": 10.0}, {"mockgw": 2.0, "bare": 4.0}, {"mockgw": 9.0, "bare": 6.0}]
    goals = (table.AtLeast(1.5, "bare"), table.AtLeast(1.6, "bare"), table.AtMost(1.5, "bare"), table.Below(9.0))

    row = table.Row("small", "a small body", "/s", rounds, (*goals, table.AtLeast(2, "aimock")))

    assert row.ratios("bare") == [0.5, 1.5, 3.0]
    assert [goal.met(row) for goal in row.goals] == [True, False, True, False, None]
    assert table.line(row, ["mockgw", "bare"]).endswith("| yes, no, yes, no, - |")


def test_what_is_late_is_compared_by_the_difference() -> None:
    table = module("table")
    row = table.Row("paced", "drift", "ms", [{"mockgw": 4.0, "bare": -0.5}], ())

    assert table.LittleMore(5.0, "bare").met(row)
    assert not table.LittleMore(4.0, "bare").met(row)
    assert table.LittleMore(5.0, "bare").words(row) == "≤ bare uvicorn + 5.0 ms"


@pytest.mark.parametrize(("deltas", "length"), [(40, 1078), (200, 1078), (1, 5)])
def test_a_peer_sends_as_many_deltas_as_a_case_wants(monkeypatch: pytest.MonkeyPatch, deltas: int, length: int) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    text, size = module("peers").cut("x" * length, deltas)

    assert len(range(0, len(text), size)) == deltas
    assert len(text) >= length


def test_drift_is_what_a_stream_takes_longer_than_it_should() -> None:
    load = module("load")

    assert load.drift([10.0, 10.25, 10.75], step=0.25) == 0.25


def test_a_page_gets_the_rows_that_it_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    table = module("table")
    page = tmp_path / "page.md"
    page.write_text("Before\n\n<!-- benchmark: small,run -->\nold\n<!-- end -->\n\nAfter\n", encoding="utf-8")
    rows = [
        table.Row(case, f"a {case} case", "ms", [{"mockgw": 1.0, "bare": 2.0}]) for case in ("small", "large", "run")
    ]

    module("run").write(page, rows, ["mockgw", "bare"])
    module("run").write(page, rows, ["mockgw", "bare"])

    written = page.read_text(encoding="utf-8")
    assert written.startswith("Before\n\n<!-- benchmark: small,run -->\n|")
    assert [line.split("|")[1].strip() for line in written.splitlines() if "1.0 ms" in line] == [
        "a small case",
        "a run case",
    ]
    assert "\n\nMeasured on " in written
    assert "old" not in written
    assert written.endswith("\n<!-- end -->\n\nAfter\n")
