import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mockgw.cli import main
from tests.cli.commands import Done, Run, Serving, Start, environment, until_ready


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def running(*arguments: str | Path, **more: str) -> Done:
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["mockgw", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Done(ended.value.code or 0, captured.out, captured.err)

    return running


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def starting(*arguments: str | Path, **more: str) -> Serving:
            command = [sys.executable, "-m", "mockgw", "serve", *map(str, arguments)]
            process = stack.enter_context(
                subprocess.Popen(
                    command,
                    env=environment({"MOCKGW_PORT": "0", **more}),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                )
            )
            stack.callback(process.kill)
            banner = until_ready(process)
            return Serving(process, banner, re.findall(r"http://[^\s\",]+:\d+", banner)[0])

        yield starting
