"""The benchmark runs and says what it should; never how fast."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockgw.server.runner import Server
from tests.support import pipeline

FOLDER = Path(__file__).parent.parent / "benchmarks"
needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="the benchmark ends its servers by signal")


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(FOLDER / script), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


@needs_unix
def test_a_tiny_run_measures_every_case_on_both_servers(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    tiny = ("--rounds", "1", "--seconds", "0.05", "--streams", "3", "--time-scale", "0.02")

    ran = run("run.py", *tiny, "--json", str(target))
    figures: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))

    assert ran.returncode == 0, ran.stderr
    assert [row["case"] for row in figures["throughput"]] == ["small", "large", "stream"]
    assert all(row[key] > 0 for row in figures["throughput"] for key in ("mockgw", "bare", "ratio"))
    assert all(row[key] > 0 for row in figures["run"] for key in ("mockgw", "bare", "ratio", "more"))
    assert [row["streams"] for row in figures["paced"]] == [3]
    assert {"mockgw", "bare", "drift_p99_more_ms", "cpu_ratio"} <= figures["paced"][0].keys()
    assert all(
        title in ran.stdout
        for title in ("small body, 199 B", "large body, 142 kB", "3 streams, drift at p99", "does nothing")
    )


def test_help_names_every_flag() -> None:
    shown = run("run.py", "--help").stdout

    assert all(flag in shown for flag in ("--only", "--rounds", "--seconds", "--streams", "--time-scale", "--json"))


def test_an_unknown_case_is_refused_with_the_known_ones() -> None:
    ran = run("run.py", "--only", "smal")

    assert ran.returncode == 2
    assert "unknown case 'smal'; there are small, large, stream, paced, run" in ran.stderr


def test_a_wrong_answer_fails_the_run() -> None:
    with Server(pipeline("reply: Hello!", port=0)) as server:
        ran = run("load.py", "small", server.url.rpartition(":")[2], "1454", "--seconds", "0.05")

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "small body: WrongAnswer: expected status, size, deltas, end (b'200', 1454," in ran.stderr
