"""The command, and what holds today: nothing has drifted from the SDKs that the tests have pinned."""

from pathlib import Path

import anthropic
import pytest

from mockgw.validation import betas
from tests.clients import environments
from tests.clients.conftest import require_environment
from tests.clients.drift.__main__ import findings, main, report
from tests.clients.drift.explained import explanations, sort
from tests.clients.drift.known import known
from tests.clients.drift.parts import AREAS
from tests.clients.drift.sdks import Sdk


def test_nothing_is_new_in_the_python_sdk(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--installed", "--only", "python"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.startswith(f"mockgw beside {anthropic.__version__} of the python SDK\n\n0 new")


@pytest.mark.node
def test_nothing_has_drifted_from_both_sdks(capsys: pytest.CaptureFixture[str]) -> None:
    require_environment(environments.node())

    assert main(["--installed"]) == 0, capsys.readouterr().out


def test_every_area_is_known() -> None:
    assert known().keys() == AREAS.keys()
    assert all(area.parts for area in known().values())


def test_the_report_says_what_is_new_where_it_is_mended_and_who_has_it() -> None:
    ours = {area: {*one.parts} for area, one in known().items()}
    first = Sdk("python", "9.1", {**ours, "beta": {*ours["beta"], "=fly-2027-01-01"}})
    second = Sdk("typescript", "8.1", {**ours, "stop reason": {*ours["stop reason"], "=bored"} - {"=end_turn"}})
    first.parts["stop reason"].add("=bored")
    first.parts["stop reason"].discard("=end_turn")

    result = sort(findings([first, second]), [])
    told = "\n".join(report([first, second], result))

    assert told == (
        "mockgw beside 9.1 of the python SDK and 8.1 of the typescript SDK\n"
        "\nNew: they have it, and mockgw does not know it\n"
        "\n  stop reason: mockgw/lint/answers.py\n"
        "    =bored\n"
        "\n  beta: mockgw/validation/betas.py\n"
        "    =fly-2027-01-01  (only python)\n"
        "\nGone: mockgw knows it, and they do not have it\n"
        "\n  stop reason: mockgw/lint/answers.py\n"
        "    =end_turn\n"
        "\n2 new, 1 gone; 0 more are explained in explained.yaml"
    )


def test_needless_explanations_are_told() -> None:
    result = sort([], explanations([{"area": "beta", "new": ["=old"], "why": "It was so."}]))

    assert "explained.yaml explains =old (beta, new), which is no difference: take it out" in "\n".join(
        report([], result)
    )


def test_without_a_network_it_says_that_nothing_was_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOCKGW_CLIENTS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    assert main(["--python", "2.99.0"]) == 2
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("drift: anthropic==2.99.0 cannot be installed: ")
    assert last == "drift: nothing was compared; without a network, use --installed"


def test_what_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOCKGW_CLIENTS", str(tmp_path))

    assert main(["--installed", "--only", "typescript"]) == 2
    assert capsys.readouterr().err == "drift: @anthropic-ai/sdk is not installed; run `make clients`\n"


def test_its_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    assert "make drift ARGS=--installed" in capsys.readouterr().out


def test_betas_of_later_versions_are_in_one_table_only() -> None:
    tables = [table.split() for table in (betas.OF_THE_SDK, betas.SINCE, betas.OF_CLIENTS)]

    assert len(betas.KNOWN) == sum(map(len, tables))
