import os
from pathlib import Path

import pytest

from mockgw.errors import ScenarioError
from mockgw.testing.documents import Line, calling_line, chaos_of, rule_of

LINE = Line("test_app.py", 12)


def test_a_rule_stands_in_the_line_that_gave_it() -> None:
    rule = rule_of({"reply": "Hi."}, LINE)
    assert (rule.place, rule.id, rule.named) == ("test_app.py:12", "rule-1", False)


def test_what_strikes_is_named() -> None:
    assert chaos_of({"error": 429, "rate": 0.5}, LINE).name == "error:429"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"repl": "x"}, "test_app.py:12:1: unknown key 'repl'; did you mean 'reply'?"),
        ({"reply": None}, "test_app.py:12:1: 'reply' is null; give it a value or leave it out"),
        ({"steps": [{"text": "a"}, {"text": 5, "pace": {"tps": "x"}}]}, "(in steps[1].pace.tps)"),
        ({"match": {"any": [{"prompt": "a"}, {"step": "b"}]}, "reply": "x"}, "(in match.any[1].step)"),
        ({"reply": "{{ promt }}"}, "unknown name 'promt' in a template; did you mean 'prompt'? (in reply)"),
    ],
)
def test_problems_say_where(data: dict[str, object], told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        rule_of(data, LINE)
    assert told in str(refused.value)


def test_the_calling_line_is_shown_from_where_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    assert calling_line().file == os.path.basename(__file__)
    monkeypatch.chdir("/")
    assert calling_line().file == __file__.removeprefix("/")
