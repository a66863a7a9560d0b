"""`mockgw run` with the real clients: they find their gateway by nothing but their environment."""

import subprocess
import sys

import pytest

from tests.clients.claude import Claude
from tests.clients.serving import ISOLATED, can_isolate, clean_environment


def run(command: list[str], claude: Claude) -> "subprocess.CompletedProcess[str]":
    """Offline, with a real key in the environment and a wish to go elsewhere."""
    environment = clean_environment(
        claude.home,
        TMPDIR=str(claude.home),
        ANTHROPIC_API_KEY="sk-real",
        CLAUDE_CODE_USE_BEDROCK="1",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        HTTPS_PROXY="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        DISABLE_AUTOUPDATER="1",
    )
    return subprocess.run(
        [*(ISOLATED if can_isolate() else []), sys.executable, "-m", "mockgw", "run", *command],
        env=environment,
        cwd=claude.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.node
def test_claude_code_answers(claude: Claude) -> None:
    (claude.folder / "hello.yaml").write_text("reply: Hello from a scenario.", encoding="utf-8")

    done = run(["hello.yaml", "--", str(claude.binary), "-p", "Are you there?"], claude)

    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello from a scenario.\n", "")


@pytest.mark.node
def test_the_exit_code_of_claude_code_counts(claude: Claude) -> None:
    (claude.folder / "broke.yaml").write_text("error: {status: 402, message: Not a cent left.}", encoding="utf-8")

    done = run(["broke.yaml", "--", str(claude.binary), "-p", "Are you there?"], claude)

    assert done.returncode == 1
    assert "Not a cent left." in done.stdout + done.stderr
