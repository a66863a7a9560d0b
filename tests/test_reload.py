import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import httpx2
import orjson
import pytest

from mockgw.clock import Clock, SystemClock, VirtualClock
from mockgw.lint.check import open_checked
from mockgw.pipeline import Pipeline
from mockgw.reload import Change, News, Refused, Reloaded, Reloader, look
from mockgw.scenario.library import shipped
from mockgw.server.runner import Server
from mockgw.settings import Settings
from tests.clients.waiting import wait_until
from tests.support import body, text


class Followed:
    """A pipeline that answers by files, and the news of what became of them."""

    def __init__(self, *paths: Path, scenario: str | None = None, clock: Clock | None = None) -> None:
        seen = look(paths)
        self.pipeline = Pipeline(open_checked(paths, scenario)[0], Settings(port=0), clock or VirtualClock())
        self.news: list[News] = []
        self.reloader = Reloader(self.pipeline, paths, scenario, seen, self.news.append)

    def answer(self, **headers: str) -> str:
        return text(self.pipeline, None, **headers)

    def reload(self) -> News:
        asyncio.run(self.reloader.reload())
        return self.news[-1]

    def changes(self) -> dict[str, str]:
        """What a reload takes up."""
        news = self.reload()
        assert isinstance(news, Reloaded)
        return {change.file.name: change.kind for change in news.changes}

    def complaint(self) -> list[str]:
        """Why a reload takes up nothing."""
        news = self.reload()
        assert isinstance(news, Refused)
        return [line.rpartition("/")[2] for line in news.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "scenarios"
    inside.mkdir()
    write(inside / "a.yaml", "reply: a")
    write(inside / "b.yaml", "reply: b")
    return inside


def write(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")


def replace(file: Path, content: str) -> None:
    """As careful editors write."""
    beside = file.with_name("4913")
    write(beside, content)
    beside.replace(file)


@pytest.mark.parametrize("save", [write, replace])
def test_a_changed_file_answers_anew(folder: Path, save: Callable[[Path, str], None]) -> None:
    followed = Followed(folder / "a.yaml")
    save(folder / "a.yaml", "reply: another")
    assert followed.changes() == {"a.yaml": "changed"}
    assert followed.answer() == "another"


def test_new_deleted_and_renamed_files_are_followed(folder: Path) -> None:
    followed = Followed(folder)
    (folder / "a.yaml").rename(folder / "z.yml")
    write(folder / "new.yaml", "reply: new")
    assert followed.changes() == {"a.yaml": "deleted", "new.yaml": "new", "z.yml": "new"}
    assert list(followed.pipeline.library.scenarios) == ["b", "new", "z"]
    assert followed.answer() == "b"


def test_a_default_that_comes_answers_from_then_on(folder: Path) -> None:
    followed = Followed(folder)
    write(folder / "default.yaml", "reply: usual")
    followed.reload()
    assert followed.answer() == "usual"


def test_errors_leave_what_was_loaded_and_are_all_told(folder: Path) -> None:
    followed = Followed(folder)
    write(folder / "a.yaml", "reply: better")
    write(folder / "b.yaml", "rules: [{repl: x}, {reply: y, dely: 1s}]")
    problems = followed.complaint()
    assert [problem.split(": ")[0] for problem in problems] == ["b.yaml:1:10", "b.yaml:1:31"]
    assert (followed.answer(), followed.answer(x_mockgw_scenario="b")) == ("a", "b")
    write(folder / "b.yaml", "reply: mended")
    assert followed.changes() == {"a.yaml": "changed", "b.yaml": "changed"}


def test_what_lint_refuses_is_not_taken(folder: Path) -> None:
    followed = Followed(folder)
    write(folder / "a.yaml", "reply: '{{ promt }}'")
    assert "unknown name 'promt'" in followed.complaint()[0]
    assert followed.answer() == "a"


def remove_files(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


VANISHED: dict[str, tuple[Callable[[Path], object], str]] = {
    "the folder": (shutil.rmtree, "scenarios: there is no such file or folder"),
    "every file": (remove_files, "scenarios: there is no .yaml file in this folder"),
    "the one that was chosen": (lambda path: (path / "a.yaml").unlink(), "mockgw: --scenario a: no such scenario is"),
}


@pytest.mark.parametrize(("vanish", "told"), VANISHED.values(), ids=VANISHED)
def test_what_vanishes_answers_on_until_it_is_back(folder: Path, vanish: Callable[[Path], object], told: str) -> None:
    followed = Followed(folder, scenario="a")
    vanish(folder)
    assert followed.complaint()[0].startswith(told)
    assert followed.answer() == "a"
    folder.mkdir(exist_ok=True)
    write(folder / "a.yaml", "reply: back")
    followed.reload()
    assert followed.answer() == "back"


def test_a_folder_that_may_not_be_read_answers_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = Followed(folder)
    before = look([folder])

    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", denied)
    assert look([folder]) != before
    assert followed.complaint()[0].startswith("scenarios: cannot be read: Permission denied")
    assert followed.answer() == "a"


COUNTED = "rules: [{replies: [first, second, third]}]"


@pytest.mark.parametrize(
    ("saved", "answer"),
    [
        ({"b.yaml": "reply: other"}, "second"),
        ({"a.yaml": f"# now with a comment\n{COUNTED}"}, "second"),
        ({"a.yaml": COUNTED.replace("third", "last")}, "first"),
    ],
    ids=["another file", "a comment", "a reply"],
)
def test_counts_last_while_a_file_means_the_same(folder: Path, saved: dict[str, str], answer: str) -> None:
    write(folder / "a.yaml", COUNTED)
    followed = Followed(folder)
    assert followed.answer() == "first"
    for name, content in saved.items():
        write(folder / name, content)
    followed.reload()
    assert followed.answer() == answer


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_nobody_waits_for_a_file_that_is_still_read_in_the_end(folder: Path) -> None:
    file, pipe = folder / "a.yaml", folder / "pipe"
    followed = Followed(file)
    os.mkfifo(pipe)
    pipe.replace(file)

    async def read_and_leave() -> IO[bytes]:
        reloading = asyncio.create_task(followed.reloader.reload())
        opened = await asyncio.to_thread(file.open, "wb")  # when it is opened for reading, too
        reloading.cancel()
        return opened

    with asyncio.run(read_and_leave()):
        assert followed.reloader.busy
    wait_until(lambda: not followed.reloader.busy, seconds=10, otherwise=lambda: "it still reads")
    assert followed.news == []


class Editor(VirtualClock):
    """A clock whose time passes with the steps in which a file is written."""

    def __init__(self, file: Path, *steps: str) -> None:
        super().__init__()
        self.file, self.steps = file, list(steps)

    async def sleep_until(self, deadline: float) -> None:
        await super().sleep_until(deadline)
        if self.steps:
            write(self.file, self.steps.pop(0))


def test_a_file_is_taken_when_it_is_written_whole(folder: Path) -> None:
    editor = Editor(folder / "a.yaml", "", "rules: [{", "rules: [{reply: whole}]")
    followed = Followed(folder, clock=editor)
    assert followed.changes() == {"a.yaml": "changed"}
    assert (followed.answer(), len(followed.news)) == ("whole", 1)


def make_link(folder: Path) -> None:
    write(folder.parent / "elsewhere", "reply: x")
    (folder / "b.yaml").unlink()
    (folder / "b.yaml").symlink_to(folder.parent / "elsewhere")


SEEN: dict[str, Callable[[Path], object]] = {
    "a longer file": lambda folder: write(folder / "a.yaml", "reply: longer"),
    "an older file in its place": lambda folder: (folder / "b.yaml").replace(folder / "a.yaml"),
    "a file": lambda folder: write(folder / "c.yml", "reply: c"),
    "no file": lambda folder: (folder / "a.yaml").unlink(),
    "another name": lambda folder: (folder / "a.yaml").rename(folder / "c.yaml"),
    "other rights": lambda folder: (folder / "a.yaml").chmod(0o600),
    "a link": make_link,
    "no folder": shutil.rmtree,
}


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN)
def test_a_look_tells_what_has_changed(folder: Path, change: Callable[[Path], object]) -> None:
    before = look([folder])
    assert look([folder]) == before
    change(folder)
    assert look([folder]) != before


def test_a_look_goes_where_links_lead(folder: Path) -> None:
    make_link(folder)
    before = look([folder / "b.yaml"])
    replace(folder.parent / "elsewhere", "reply: y")
    assert look([folder / "b.yaml"]) != before


@pytest.mark.parametrize("name", [".a.yaml.swp", ".#a.yaml", "4913", "notes.txt"])
def test_a_look_does_not_see_what_is_no_scenario(folder: Path, name: str) -> None:
    before = look([folder])
    write(folder / name, "anything")
    assert look([folder]) == before


def test_a_look_without_paths_sees_what_ships() -> None:
    assert shipped() / "default.yaml" in look([])


def test_a_look_at_a_name_sees_what_ships_under_it() -> None:
    assert list(look([Path("hello")])) == [shipped() / "hello.yaml"]


AT = datetime(2026, 1, 1, 12, 0, 7, tzinfo=UTC)
TIME = AT.astimezone().strftime("%H:%M:%S")
CHANGES = (Change(Path("s/b.yaml"), "changed"), Change(Path("s/c.yaml"), "new"))
RELOADED = Reloaded(AT, CHANGES, (), ("b", "c"), "b")


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (RELOADED, f"{TIME}  reloaded b.yaml (changed), c.yaml (new); 2 scenarios"),
        (
            Reloaded(AT, CHANGES * 150, (), ("b", "c"), "b"),
            f"{TIME}  reloaded {', '.join(['b.yaml (changed), c.yaml (new)'] * 5)} and 290 more; 2 scenarios",
        ),
        (Reloaded(AT, (), (), ("b",), "b"), f"{TIME}  reloaded, no scenario changed; 1 scenario"),
    ],
    ids=["changes", "very many", "none"],
)
def test_people_read_what_has_changed(news: Reloaded, line: str) -> None:
    assert (news.text_line, news.complaint) == (line, "")


def test_programs_read_what_has_changed() -> None:
    assert orjson.loads(RELOADED.json_line) == {
        "event": "reload",
        "time": AT.isoformat(),
        "changes": [{"file": "s/b.yaml", "change": "changed"}, {"file": "s/c.yaml", "change": "new"}],
        "scenarios": ["b", "c"],
        "chosen": "b",
    }


def test_a_refusal_tells_what_answers_now() -> None:
    refused = Refused(AT, AT, ("a.yaml:1:1: error: no",))
    kept = f"mockgw: not reloaded; the scenarios that were loaded at {TIME} go on answering"
    assert refused.complaint == f"a.yaml:1:1: error: no\n{kept}"
    told = {"event": "reload_failed", "time": AT.isoformat(), "loaded": AT.isoformat()}
    assert orjson.loads(refused.json_line) == told | {"problems": ["a.yaml:1:1: error: no"]}


def test_warnings_of_changed_files_are_told(folder: Path) -> None:
    write(folder / "b.yaml", "{reply: b, stop_reason: tired}")
    followed = Followed(folder)
    write(folder / "a.yaml", "{reply: a, stop_reason: bored}")
    complaint = followed.reload().complaint
    assert complaint.startswith(f"{folder / 'a.yaml'}:1:")
    assert "warning: " in complaint
    assert len(complaint.splitlines()) == 1


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(headers={"x-api-key": "k"}, trust_env=False) as opened:
        yield opened


def test_a_server_follows_its_files(folder: Path, client: httpx2.Client) -> None:
    followed = Followed(folder, clock=SystemClock())
    with Server(followed.pipeline, companions=[followed.reloader.follow]) as server:
        replace(folder / "a.yaml", "reply: another")
        (folder / "b.yaml").rename(folder / "c.yaml")
        wait_until(lambda: followed.news, seconds=10, otherwise=lambda: "nothing was picked up")
        answer = client.post(f"{server.url}/v1/messages", json=body())
        models = client.get(f"{server.url}/v1/models").json()["data"]
    assert answer.json()["content"][0]["text"] == "another"
    assert [model["id"] for model in models[:2]] == ["claude-mock/a", "claude-mock/c"]
    assert len(followed.news) == 1


def test_a_stream_that_runs_finishes_on_the_old_set(folder: Path, client: httpx2.Client) -> None:
    old = " ".join(["old"] * 60)
    write(folder / "a.yaml", f"{{reply: {old}, pace: {{tps: 25}}}}")
    followed = Followed(folder, clock=SystemClock())
    with (
        Server(followed.pipeline, companions=[followed.reloader.follow]) as server,
        client.stream("POST", f"{server.url}/v1/messages", json=body(stream=True)) as answer,
    ):
        received = answer.iter_text()
        begun = next(received)
        write(folder / "a.yaml", "reply: new")
        wait_until(lambda: followed.news, seconds=10, otherwise=lambda: "nothing was picked up")
        assert not next(iter(followed.pipeline.journal)).has_ended
        whole = begun + "".join(received)
    assert whole.count("old") == 60
    assert "message_stop" in whole


def test_every_request_during_reloads_is_answered_by_one_set_or_another(folder: Path, client: httpx2.Client) -> None:
    followed = Followed(folder)

    async def reload_without_end() -> None:
        while True:
            await followed.reloader.reload()

    answers = []
    with Server(followed.pipeline, companions=[reload_without_end]) as server:
        for number in range(100):
            if number % 10 == 0:
                replace(folder / "a.yaml", f"reply: {('a', 'another')[number // 10 % 2]}")
            answers.append(client.post(f"{server.url}/v1/messages", json=body()))
    assert {answer.json()["content"][0]["text"] for answer in answers} == {"a", "another"}
    assert len(followed.news) > 10
    assert all(isinstance(news, Reloaded) for news in followed.news)
