import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import NoReturn

import jsonschema
import pytest
import yaml

from mockgw.delivery.actions import Head
from mockgw.lint.check import check
from mockgw.pipeline import Pipeline
from mockgw.scenario import schema
from mockgw.scenario.library import shipped
from tests.cli.commands import Run, Start
from tests.delivery.streams import played
from tests.support import answer, ask, body, head, pipeline, text, turns

FIRST = Path("scenarios/first.yaml")
SCHEMA = Path("scenarios/scenario.schema.json")


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder to work in."""
    with chdir(tmp_path):
        yield tmp_path


@pytest.fixture
def first(run: Run) -> Pipeline:
    """What `mockgw init` writes, served."""
    run("init")
    return pipeline(FIRST.read_text(encoding="utf-8"))


def test_without_a_word_it_writes_a_scenario_and_its_schema(run: Run, project: Path) -> None:
    done = run("init")

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path for path in project.rglob("*") if path.is_file()) == [project / FIRST, project / SCHEMA]
    assert done.stdout == (
        f"Wrote {FIRST}, and {SCHEMA} for your editor.\n\n"
        f'Next:\n  mockgw serve {FIRST}\n  mockgw run {FIRST} -- claude -p "hello"\n'
    )


def test_what_it_writes_is_free_of_complaints(run: Run) -> None:
    run("init")

    assert check([FIRST]).problems == ()
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validator.validate(yaml.safe_load(FIRST.read_text(encoding="utf-8")))
    assert FIRST.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={SCHEMA.name}\n")


def test_the_schema_is_of_this_version(run: Run) -> None:
    run("init")

    assert SCHEMA.read_text(encoding="utf-8") == schema.text()


def test_it_can_be_served_at_once(run: Run, start: Start) -> None:
    run("init")

    serving = start("scenarios/first.yaml")

    assert "* first  My first scenario" in serving.banner
    assert serving.ask("hello").json()["content"][0]["text"] == "Hello! Change this line and ask again."


def test_its_first_rule_answers_what_contains_a_word(first: Pipeline) -> None:
    assert text(first, body("why, hello there")) == "Hello! Change this line and ask again."
    assert "hello" not in text(first, body("Hello")).split(".")[0]


def test_its_loop_calls_a_tool_and_uses_what_came_of_it(first: Pipeline) -> None:
    content = answer(first, body("look around"))["content"]
    result = [{"type": "tool_result", "tool_use_id": content[1]["id"], "content": "a.py\nb.py"}]

    assert content[0]["text"] == "Let me see which files are here."
    assert (content[1]["name"], content[1]["input"]["command"]) == ("Bash", "ls -a")
    assert text(first, body(messages=turns("look around", content, result))) == "I have found:\na.py\nb.py"


def test_its_attempts_fail_twice_then_work_and_begin_again(first: Pipeline) -> None:
    for _ in range(2):
        refusals = [answered(first, "deploy") for _ in range(2)]
        assert [(refusal.status, refusal.headers["retry-after"]) for refusal in refusals] == [(429, "1")] * 2
        assert text(first, body("deploy")) == "Deployed on attempt 3."


def answered(gateway: Pipeline, prompt: str) -> Head:
    """The head of an answer that is delivered whole."""
    opened = ask(gateway, body(prompt))
    gateway.conclude(opened)
    return head(opened)


def test_its_slow_answer_is_as_slow_as_it_says(first: Pipeline) -> None:
    opened = ask(first, body("slowly", stream=True))
    notes, _ = asyncio.run(played(opened.exchange.actions))
    moments = [moment for moment, _ in notes[1:]]

    assert moments[:4] == [0, 2, 2.1, 2.2]


def test_its_last_rule_takes_everything_else(first: Pipeline) -> None:
    assert text(first, body("Who is it?")) == 'You said "Who is it?". Say hello, look around, deploy or slowly.'


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (".", "first.yaml"),
        ("tests/mocks", "tests/mocks/first.yaml"),
        ("tests/agent.yaml", "tests/agent.yaml"),
        ("agent.yml", "agent.yml"),
        ("my own/agent.yaml", "my own/agent.yaml"),
    ],
)
def test_it_writes_where_it_is_told_to(run: Run, path: str, written: str) -> None:
    done = run("init", path)

    text = Path(written).read_text(encoding="utf-8")
    command = f"mockgw run '{written}' --" if " " in written else f"mockgw run {written} --"
    assert done.returncode == 0
    assert f'{command} claude -p "hello"\n' in done.stdout
    assert f'{command} claude -p "hello"\n' in text
    assert "scenarios/first" not in text
    assert Path(written).with_name("scenario.schema.json").exists()


def test_a_name_like_a_flag_is_shown_as_a_file(run: Run) -> None:
    done = run("init", "--", "-x.yaml")
    assert "  mockgw serve ./-x.yaml\n" in done.stdout
    assert "mockgw run ./-x.yaml --" in Path("-x.yaml").read_text(encoding="utf-8")


def test_a_folder_that_is_called_like_a_file_is_a_folder(run: Run) -> None:
    Path("odd.yaml").mkdir()

    run("init", "odd.yaml")

    assert Path("odd.yaml/first.yaml").exists()


def test_what_is_there_stays(run: Run) -> None:
    FIRST.parent.mkdir()
    Path("scenarios/mine.yaml").write_text("reply: Mine", encoding="utf-8")
    SCHEMA.write_text("{}", encoding="utf-8")

    done = run("init")

    assert done.stdout.startswith(f"Wrote {FIRST}.\n")
    assert SCHEMA.read_text(encoding="utf-8") == "{}"
    assert Path("scenarios/mine.yaml").read_text(encoding="utf-8") == "reply: Mine"


def test_nothing_is_overwritten(run: Run) -> None:
    FIRST.parent.mkdir()
    FIRST.write_text("reply: Mine", encoding="utf-8")

    done = run("init")

    told = f"mockgw: {FIRST}: is there already and stays as it is; name another, such as scenarios/first-2.yaml\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", told)
    assert FIRST.read_text(encoding="utf-8") == "reply: Mine"
    assert not SCHEMA.exists()


def test_a_place_that_may_not_be_looked_at_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, *rest: object, **named: object) -> NoReturn:
        raise PermissionError(13, "Permission denied", str(path))

    for name in ("stat", "mkdir"):
        monkeypatch.setattr(os, name, denied)
    done = run("init", "closed/in")
    monkeypatch.undo()
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "mockgw: closed/in/first.yaml: cannot be written: Permission denied (closed/in)\n"


def test_a_file_in_the_place_of_the_folder_is_one_line(run: Run) -> None:
    Path("scenarios").write_text("", encoding="utf-8")

    done = run("init")

    assert (done.returncode, done.stderr) == (3, f"mockgw: {FIRST}: cannot be written: File exists (scenarios)\n")


@pytest.mark.parametrize("name", sorted(file.stem for file in shipped().glob("*.yaml")))
def test_a_copy_of_a_shipped_scenario_differs_only_in_its_name(run: Run, name: str) -> None:
    done = run("init", "mine.yaml", "--from", name)

    original, copy = (file.read_text(encoding="utf-8") for file in (shipped() / f"{name}.yaml", Path("mine.yaml")))
    renamed = original.replace(f"--scenario {name} ", "mine.yaml ").replace(f"claude-mock/{name}", "claude-mock/mine")
    assert done.returncode == 0
    assert copy == renamed
    assert check([Path("mine.yaml")]).problems == ()


def test_a_copy_has_the_name_of_what_it_is_copied_from(run: Run) -> None:
    assert run("init", "--from", "rate-limited").stdout.startswith("Wrote scenarios/rate-limited.yaml, and ")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        pytest.param("sub-agents", 'mockgw run a.yaml -- claude -p "have a look around"\n', id="own"),
        pytest.param("no-provider", "CLAUDE_CODE_MAX_RETRIES=1 mockgw run a.yaml -- claude -p hello\n", id="variable"),
        pytest.param("structured-output", "--output-format json \\\n    --json-schema '{", id="two-lines"),
        pytest.param("parallel-tools", "mockgw run a.yaml -- claude -p hello\n", id="none"),
    ],
)
def test_the_next_command_is_the_one_that_the_scenario_names(run: Run, name: str, command: str) -> None:
    assert command in run("init", "a.yaml", "--from", name).stdout.partition("\n  mockgw serve a.yaml\n")[2]


def test_an_unknown_name_is_one_line_with_the_names_there_are(run: Run, project: Path) -> None:
    done = run("init", "--from", "rate-limted")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("mockgw: --from rate-limted: no such scenario comes with mockgw; did you mean")
    assert "'rate-limited'? There are attachment, bad-day, bad-key, " in done.stderr
    assert list(project.iterdir()) == []


def test_help_says_what_happens(run: Run) -> None:
    shown = " ".join(run("init", "--help").stdout.split())

    assert "Nothing is ever overwritten." in shown
    assert "mockgw init --from rate-limited" in shown
