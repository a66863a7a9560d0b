from typing import Any

import pytest

from mockgw.delivery.pacing import INSTANT, Fixed, Pace
from mockgw.scenario.nodes import Entry, Failure, Node, Reply, Sequence, build, has_template, merged
from mockgw.scenario.options import Defaults, Options
from mockgw.scenario.replies import Answer, read_answer

TAIL: Any = {"type": "lognormal", "median": "1s", "sigma": 0.5}


def node(written: Any, defaults: Any = None) -> Node:
    return build(Answer.model_validate(read_answer(written)), ("rules", 0), Defaults.model_validate(defaults or {}))


def leaf(written: Any, defaults: Any = None) -> Reply | Failure:
    found = node(written, defaults)
    assert isinstance(found, Reply | Failure)
    return found


def test_reply_is_only_a_word_for_an_answer() -> None:
    inner = leaf({"reply": {"reply": {"text": "a"}}})

    assert isinstance(inner, Reply)
    assert (inner.blocks[0].text, inner.path) == ("a", ("rules", 0, "reply", "reply"))


def test_an_error_is_a_failure() -> None:
    assert isinstance(leaf({"reply": {"error": 429}}), Failure)


def test_lists_nest_and_know_their_place() -> None:
    outer = node(
        {"replies": ["a", {"choose": [{"text": "b", "weight": 3}]}, {"text": "c", "times": 2}], "then": "loop"}
    )

    assert isinstance(outer, Sequence)
    assert (outer.kind, outer.then, outer.length, outer.path) == ("replies", "loop", 4, ("rules", 0, "replies"))
    inner = outer.entries[1].node
    assert isinstance(inner, Sequence)
    assert (inner.entries[0].weight, inner.path) == (3.0, ("rules", 0, "replies", 1, "choose"))


@pytest.mark.parametrize(("position", "entry"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (99, 2)])
def test_an_entry_answers_as_often_as_it_says(position: int, entry: int) -> None:
    entries = [Entry(Reply((), Options(), False, (index,)), times) for index, times in enumerate((1, 2, 1))]
    sequence = Sequence("replies", tuple(entries), "repeat_last", ())

    assert sequence.at(position) is entries[entry].node


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        pytest.param({}, {}, {}, id="nothing"),
        pytest.param({"delay": "1s"}, {}, {"delay": 1.0}, id="inherited"),
        pytest.param({"delay": "1s"}, {"delay": "2s"}, {"delay": 2.0}, id="nearest"),
        pytest.param(
            {"headers": {"a": "1", "b": "1"}}, {"headers": {"b": "2"}}, {"headers": {"a": "1", "b": "2"}}, id="headers"
        ),
        pytest.param(
            {"usage": {"input_tokens": 1, "output_tokens": 1}},
            {"usage": {"output_tokens": 2}},
            {"usage": (1, 2)},
            id="usage",
        ),
        pytest.param(
            {"delay": {"type": "uniform", "lower": 1, "upper": 2}}, {"delay": "3s"}, {"delay": 3.0}, id="other-delay"
        ),
    ],
)
def test_mappings_are_merged_key_by_key(outer: Any, inner: Any, expected: dict[str, Any]) -> None:
    options = leaf({"text": "x", **inner}, outer).options

    found: dict[str, Any] = {name: getattr(options, name) for name in options.model_fields_set}
    if isinstance(found.get("delay"), Fixed):
        found["delay"] = found["delay"].delay
    if "usage" in found:
        found["usage"] = (found["usage"].input_tokens, found["usage"].output_tokens)
    assert found == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        pytest.param("fast", {"ttft": "1s"}, Pace(ttft=1.0, tps=83), id="profile-and-key"),
        pytest.param("fast", {"interval": "20ms"}, Pace(ttft=0.62, interval=0.02), id="speed-replaced"),
        pytest.param({"interval": 1}, "slow", Pace(ttft=2.04, tps=37), id="by-profile"),
        pytest.param("slow", {"ttft": TAIL}, Pace(ttft=TAIL, tps=37), id="another-kind-of-ttft"),
        pytest.param({"chunk": 4}, {"tps": 9}, Pace(chunk=4, tps=9), id="other-keys-stay"),
        pytest.param("slow", "instant", INSTANT, id="instant-is-instant"),
        pytest.param("instant", "instant", INSTANT, id="both-instant"),
        pytest.param({"chunk": 4, "jitter": "5ms"}, "instant", INSTANT, id="instant-has-no-rest"),
    ],
)
def test_a_pace_is_a_profile_with_keys_laid_over_it(outer: Any, inner: Any, expected: Pace) -> None:
    assert leaf({"text": "x", "pace": inner}, {"pace": outer}).options.pace == expected


def test_options_beside_a_list_go_to_all_of_it() -> None:
    outer = node({"steps": ["a", {"text": "b", "pace": {"tps": 9}}], "pace": "fast", "headers": {"x": "1"}})

    assert isinstance(outer, Sequence)
    paces = [entry.node.options.pace for entry in outer.entries if isinstance(entry.node, Reply)]
    assert paces == [Pace(ttft=0.62, tps=83), Pace(ttft=0.62, tps=9)]


def test_options_beside_reply_go_to_what_is_inside() -> None:
    inner = leaf({"reply": {"text": "a"}, "stop_reason": "refusal", "model": "m", "fault": "truncate"})

    assert (inner.options.stop_reason, inner.options.model, len(inner.options.fault)) == ("refusal", "m", 1)


def test_merging_nothing_sets_nothing() -> None:
    assert merged(Defaults(), Options()).model_fields_set == set()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("plain", False, id="plain"),
        pytest.param("{{ step }}", True, id="text"),
        pytest.param({"text": ["a", "{% if x %}"]}, True, id="deltas"),
        pytest.param({"tool_use": {"name": "T", "input": {"{{ step }}": 1}}}, True, id="key"),
        pytest.param({"tool_use": {"name": "T", "input": {"a": [{"b": "{# c #}"}]}}}, True, id="deep"),
        pytest.param({"text": "a", "headers": {"x": "{{ step }}"}}, True, id="option"),
        pytest.param({"error": {"status": "{{ step }}"}}, True, id="error"),
        pytest.param({"error": {"status": 400, "message": "m"}}, False, id="plain-error"),
        pytest.param(
            {"text": "a", "fault": {"type": "error_event", "error": {"status": 529, "message": "{{ step }}"}}},
            True,
            id="fault",
        ),
    ],
)
def test_only_what_has_a_template_is_rendered(written: Any, expected: bool) -> None:
    assert leaf(written).templated is expected


def test_bytes_and_numbers_have_no_templates() -> None:
    assert not has_template([b"{{ }}", 1, None])
