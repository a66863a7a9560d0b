import os
import re
from pathlib import Path
from typing import NoReturn

import pytest

from mockgw.errors import ScenarioError, SettingsError
from mockgw.protocol.errors import ApiError
from mockgw.scenario import library
from mockgw.scenario.library import Library, open_library, shipped


def folder(path: Path, *names: str) -> Path:
    path.mkdir(exist_ok=True)
    for name in names:
        (path / name).write_text("reply: a")
    return path


def test_without_paths_the_shipped_ones_are_loaded() -> None:
    opened = open_library([])

    assert opened.chosen == "default"
    assert "hello" in opened.scenarios


def test_of_a_folder_the_default_answers(tmp_path: Path) -> None:
    names = ("b.yaml", "default.yaml", "a.yml", "notes.txt", ".hidden.yaml")
    opened = open_library([folder(tmp_path, *names)])

    assert (list(opened.scenarios), opened.chosen) == (["a", "b", "default"], "default")


def test_without_a_default_the_first_file_named_answers(tmp_path: Path) -> None:
    inside = folder(tmp_path / "in", "a.yaml", "b.yaml")
    named = folder(tmp_path, "z.yaml", "y.yaml")

    assert open_library([inside, named / "z.yaml", named / "y.yaml"]).chosen == "z"
    assert open_library([inside]).chosen == "a"


def test_only_a_folders_default_comes_before_the_first_file(tmp_path: Path) -> None:
    inside = folder(tmp_path / "in", "default.yaml")
    named = folder(tmp_path, "z.yaml", "default.yaml")

    assert open_library([named / "z.yaml", named / "default.yaml"]).chosen == "z"
    assert open_library([named / "z.yaml", inside]).chosen == "default"


def test_a_file_may_have_any_ending(tmp_path: Path) -> None:
    assert open_library([folder(tmp_path, "hello.txt") / "hello.txt"]).chosen == "hello"


def test_a_folder_inside_is_no_file(tmp_path: Path) -> None:
    folder(tmp_path / "old.yaml", "x.yaml")

    assert list(open_library([folder(tmp_path, "a.yaml")]).scenarios) == ["a"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_what_is_no_file_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(folder(tmp_path, "a.yaml") / "pipe.yaml")

    assert list(open_library([tmp_path]).scenarios) == ["a"]


def test_a_link_to_nowhere_is_told(tmp_path: Path) -> None:
    (folder(tmp_path, "a.yaml") / "link.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ScenarioError, match=r"link\.yaml: .*there is no such file"):
        open_library([tmp_path])


def test_a_path_that_may_not_be_followed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, **follow: bool) -> NoReturn:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", denied)
    with pytest.raises(SettingsError, match="there is no such file or folder"):
        open_library([tmp_path / "a.yaml"])


def test_the_flag_chooses(tmp_path: Path) -> None:
    assert open_library([folder(tmp_path, "a.yaml", "default.yaml")], "a").chosen == "a"


def test_the_flag_must_name_what_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        open_library([folder(tmp_path, "hello.yaml", "a.yaml")], "helo")

    expected = "--scenario helo: no such scenario is loaded; did you mean 'hello'? There are a, hello"
    assert str(caught.value) == expected


def test_two_files_cannot_have_one_name(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "1", "a.yaml") / "a.yaml", folder(tmp_path / "2", "a.yml") / "a.yml"
    with pytest.raises(ScenarioError) as caught:
        open_library([one, other])

    assert str(caught.value) == f"{other}: has the same name as {one}; a scenario is called by its file's name"


def test_a_path_must_lead_somewhere(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: there is no such file or folder"):
        open_library([tmp_path / "nowhere.yaml"])
    with pytest.raises(SettingsError, match=r"there is no \.yaml file in this folder"):
        open_library([tmp_path])


def test_a_folder_is_read_by_the_names_of_its_scenarios(tmp_path: Path) -> None:
    inside = folder(tmp_path, "stall-with-pings.yaml", "stall.yaml", "stale.yml")

    assert list(open_library([inside]).scenarios) == ["stale", "stall", "stall-with-pings"]


def test_a_folder_says_that_the_folders_in_it_are_not_read(tmp_path: Path) -> None:
    folder(tmp_path / "in", "a.yaml")
    with pytest.raises(SettingsError, match=r"there is no \.yaml file in this folder; subfolders are not read$"):
        open_library([tmp_path])


def test_a_file_that_is_named_twice_is_taken_once(tmp_path: Path) -> None:
    inside = folder(tmp_path, "a.yaml", "b.yaml")

    assert list(open_library([inside, inside / "b.yaml", inside / ".." / inside.name]).scenarios) == ["a", "b"]


def test_a_broken_file_stops_the_loading(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("replyy: x")

    with pytest.raises(ScenarioError, match="did you mean 'reply'"):
        open_library([tmp_path])


def two(tmp_path: Path) -> Library:
    return open_library([folder(tmp_path, "default.yaml", "hello.yaml")])


@pytest.mark.parametrize(
    ("named", "model", "name"),
    [
        pytest.param(None, None, "default", id="nothing"),
        pytest.param(None, "claude-sonnet-4-5", "default", id="a-model"),
        pytest.param(None, "claude-mock/hello", "hello", id="by-model"),
        pytest.param("hello", None, "hello", id="by-header"),
        pytest.param("hello", "claude-mock/default", "hello", id="header-first"),
    ],
)
def test_the_choice(tmp_path: Path, named: str | None, model: str | None, name: str) -> None:
    assert two(tmp_path).choose(named, model).name == name


@pytest.mark.parametrize(
    ("named", "model", "message", "param"),
    [
        pytest.param(
            "helo",
            None,
            "the header x-mockgw-scenario names the scenario 'helo', which is not loaded"
            "; did you mean 'hello'? There are default, hello",
            "",
            id="header",
        ),
        pytest.param(
            None,
            "claude-mock/zzz",
            "the model 'claude-mock/zzz' names the scenario 'zzz', which is not loaded; there are default, hello",
            "model",
            id="model",
        ),
    ],
)
def test_an_unknown_name_is_never_the_default(
    tmp_path: Path, named: str | None, model: str | None, message: str, param: str
) -> None:
    with pytest.raises(ApiError) as caught:
        two(tmp_path).choose(named, model)

    error = caught.value
    assert (error.status, error.message, error.param, error.kind) == (404, message, param, "unknown_scenario")


def test_the_shipped_ones_stand_inside_the_wheel_or_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = folder(tmp_path / "package")
    monkeypatch.setattr(library, "PACKAGE", package)

    assert shipped() == tmp_path / "scenarios"
    folder(package / "scenarios")
    assert shipped() == package / "scenarios"


def test_the_choice_of_a_scenario_has_a_reason(tmp_path: Path) -> None:
    named = folder(tmp_path, "z.yaml", "default.yaml")
    plain = folder(tmp_path / "plain", "a.yaml")

    assert open_library([named]).reason(None, "m") == "it is the default of its folder"
    assert open_library([plain, named / "z.yaml"]).reason(None, None) == "it is the first file that was named"
    assert open_library([plain]).reason(None, None) == "it is the first of all"
    assert open_library([named], "z").reason(None, None) == "--scenario names it"
    assert open_library([named]).reason("z", "claude-mock/default") == "the header x-mockgw-scenario names it"
    assert open_library([named]).reason(None, "claude-mock/z") == "the model 'claude-mock/z' names it"


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> NoReturn:  # root may list every folder, so that rights alone do not show it
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refused)

    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        open_library([tmp_path])


def test_a_scenario_that_comes_with_mockgw_may_stand_beside_files(tmp_path: Path) -> None:
    opened = open_library([folder(tmp_path, "a.yaml"), Path("hello")])

    assert (list(opened.scenarios), opened.chosen) == (["a", "hello"], "hello")


@pytest.mark.parametrize(
    ("name", "hint"), [("helo", "; did you mean 'hello'?"), ("hello.yml", ""), ("in/hello", ""), ("zzz", "")]
)
def test_a_name_that_is_neither_file_nor_scenario_is_told(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{re.escape(f'{name}: there is no such file or folder{hint}')}$"):
        open_library([Path(name)])
