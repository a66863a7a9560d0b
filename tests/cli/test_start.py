"""Start: what a server has to wait for before its first answer."""

import re
from pathlib import Path

from tests.cli.commands import Start

# What takes long to import, and no plain scenario needs.
UNNEEDED = {
    "faker",
    "jinja2",
    "jsonschema_rs",
    "mockgw.cli.healthcheck",
    "mockgw.cli.run",
    "mockgw.cli.screen",
    "mockgw.control",
    "mockgw.delivery.told",
    "mockgw.engine.generate.search",
    "mockgw.report",
    "mockgw.scenario.schema",
    "mockgw.server.control",
    "mockgw.server.guard",
    "mockgw.scenario.trouble",
    "mockgw.server.command",
    "mockgw.verify",
}


def test_a_plain_scenario_is_served_without_what_it_does_not_need(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text("rules: [{match: {prompt: Hello}, text: Hi, pace: fast}, {text: What?}]\n")

    serving = start(file, PYTHONPROFILEIMPORTTIME="1")
    assert serving.ask("Hello").status_code == 200

    imported = set(re.findall(r"^import time: .*\| +(\S+)$", serving.stop()[2], re.MULTILINE))
    assert {"uvicorn", "yaml", "mockgw.pipeline"} < imported
    assert imported & UNNEEDED == set()
