import re
from typing import Any

import pytest

from mockgw.errors import MockgwError
from mockgw.testing import answers


@pytest.mark.parametrize(
    ("said", "data"),
    [
        (answers.reply("Hi.", times=2), {"reply": "Hi.", "times": 2}),
        (answers.text(["a", "b"]), {"text": ["a", "b"]}),
        (answers.thinking("hm"), {"thinking": "hm"}),
        (answers.redacted_thinking("AA=="), {"redacted_thinking": "AA=="}),
        (answers.tool_use("look"), {"tool_use": {"name": "look"}}),
        (answers.tool_use("look", {"a": 1}, tool_id="t"), {"tool_use": {"name": "look", "input": {"a": 1}, "id": "t"}}),
        (answers.generate(words=3), {"generate": {"words": 3}}),
        (answers.block({"type": "x"}), {"block": {"type": "x"}}),
        (answers.content("a", "b"), {"content": ["a", "b"]}),
        (answers.error(429), {"error": 429}),
        (answers.error("overloaded_error"), {"error": "overloaded_error"}),
        (answers.error(429, retry_after=2), {"error": {"status": 429, "retry_after": 2}}),
        (answers.error("api_error", message="no"), {"error": {"type": "api_error", "message": "no"}}),
        (answers.error({"status": 500}, body="x"), {"error": {"status": 500, "body": "x"}}),
        (answers.error(type="api_error"), {"error": {"type": "api_error"}}),
        (answers.error(500, headers={"a": "b"}), {"error": 500, "headers": {"a": "b"}}),
        (answers.fault("truncate"), {"fault": "truncate"}),
        (
            answers.fault("stall", at={"event": 2}, times=1),
            {"fault": {"type": "stall", "at": {"event": 2}}, "times": 1},
        ),
        (answers.steps("a", then="loop"), {"steps": ["a"], "then": "loop"}),
        (answers.attempts("a", "b"), {"attempts": ["a", "b"]}),
        (answers.replies(["a", "b"], pace="fast"), {"replies": ["a", "b"], "pace": "fast"}),
        (answers.choose("a", answers.text("b", weight=2)), {"choose": ["a", {"text": "b", "weight": 2}]}),
    ],
    ids=str,
)
def test_an_answer_is_the_data_of_its_yaml(said: Any, data: Any) -> None:
    assert said == data


def test_arguments_of_a_call_that_stand_beside_it_are_refused() -> None:
    told = re.escape("the arguments of a call are a mapping, as in tool_use('Read', {'file_path': 'a.py'})")
    with pytest.raises(MockgwError, match=told):
        answers.tool_use("Read", file_path="a.py", times=1)  # type: ignore[call-arg]  # which mypy knows too
    near = answers.tool_use("Read", delayy="2s")  # type: ignore[call-arg]
    assert near == {"tool_use": {"name": "Read"}, "delayy": "2s"}  # the loader knows what was meant
