import shutil
import subprocess

import pytest

from mockgw.cli.env import FORMATS
from tests.cli.commands import Run, loaded_by

ODD = 'it\'s \\ $HOME `id` "x"'
# A shell that is told the lines, and then prints a variable.
SHELLS = {
    "sh": (["sh"], 'printf %s "$NAME"'),
    "fish": (["fish"], 'printf %s "$NAME"'),
    "powershell": (["pwsh", "-NoProfile", "-Command", "-"], "[Console]::Write($env:NAME)"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_values_are_quoted_for_the_shell(shell: str) -> None:
    command, show = SHELLS[shell]
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]} here")
    lines = f"{FORMATS[shell]('NAME', ODD)}\n{show}\n"
    assert subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout == ODD


def test_quoting_as_it_is_written() -> None:
    shown = {name: line("NAME", "it's \\") for name, line in FORMATS.items()}
    assert shown == {
        "sh": "export NAME='it'\"'\"'s \\'",
        "fish": "set -gx NAME 'it\\'s \\\\'",
        "powershell": "$env:NAME = 'it''s \\'",
        "dotenv": "NAME=it's \\",
    }


def test_the_lines_are_those_that_run_sets(run: Run) -> None:
    done = run("env", CLAUDE_CODE_USE_VERTEX="1", NO_PROXY="corp", no_proxy="")
    assert done.stdout.splitlines() == [
        "export ANTHROPIC_BASE_URL=http://127.0.0.1:6625",
        "export ANTHROPIC_AUTH_TOKEN=mock",
        "export ANTHROPIC_API_KEY=''",
        "export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1",
        "export MOCKGW_URL=http://127.0.0.1:6625",
        "export CLAUDE_CODE_USE_VERTEX=''",
        "export NO_PROXY=corp,127.0.0.1,localhost,::1",
        "export no_proxy=corp,127.0.0.1,localhost,::1",
    ]


def test_the_key_may_be_an_api_key(run: Run) -> None:
    done = run("env", "--api-key", "--format", "dotenv")
    assert "ANTHROPIC_API_KEY=mock" in done.stdout.splitlines()
    assert "ANTHROPIC_AUTH_TOKEN" not in done.stdout


WHERE = {
    "flags": (("--host", "10.0.0.7", "--port", "99"), {}, "http://10.0.0.7:99"),
    "variables": ((), {"MOCKGW_HOST": "0.0.0.0", "MOCKGW_PORT": "99"}, "http://127.0.0.1:99"),
    "IPv6": (("--host", "::"), {}, "http://[::1]:6625"),
}


@pytest.mark.parametrize(("flags", "more", "url"), WHERE.values(), ids=WHERE)
def test_the_address_is_that_of_serve(run: Run, flags: tuple[str, ...], more: dict[str, str], url: str) -> None:
    done = run("env", "--format", "dotenv", *flags, **more)
    assert f"MOCKGW_URL={url}\n" in done.stdout


def test_an_unknown_shell_is_told(run: Run) -> None:
    done = run("env", "--format", "tcsh")
    assert (done.returncode, "'sh', 'fish', 'powershell', 'dotenv'" in done.stderr) == (2, True)


def test_it_is_quick() -> None:
    assert loaded_by("import mockgw.cli.env", "pydantic", "uvicorn", "mockgw.scenario.library") == "[]"
