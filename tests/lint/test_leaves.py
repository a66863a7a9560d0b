from mockgw.lint.leaves import leaves
from mockgw.scenario.nodes import Reply
from tests.support import scenario

NESTED = """\
rules:
  - match: {stream: true}
    steps:
      - content: [a, {tool_use: {name: T}}]
        stop_reason: tool_use
      - reply: [b]
  - {error: 429, headers: {x: y}}
"""


def test_every_answer_is_found_with_its_place() -> None:
    found = [(leaf.rule.id, leaf.path, leaf.block_path(0)) for leaf in leaves(scenario(NESTED))]
    first, second, third = ("rules", 0, "steps", 0), ("rules", 0, "steps", 1, "reply"), ("rules", 1)
    assert found == [
        ("rule-1", first, (*first, "content", 0)),
        ("rule-1", second, (*second, 0)),
        ("rule-2", third, third),
    ]


def test_a_block_has_its_key_below_its_place() -> None:
    first = next(leaves(scenario(NESTED)))
    assert isinstance(first.answer, Reply)
    assert first.key_path(1, first.answer.blocks[1]) == (*first.path, "content", 1, "tool_use")


def test_an_option_stands_beside_the_answer_or_further_out() -> None:
    (leaf,) = leaves(scenario("reply: {reply: {text: a}, stop_reason: refusal}"))
    assert leaf.path == ("reply", "reply")
    assert leaf.option_path("stop_reason") == ("reply", "stop_reason")


def test_what_a_rule_cannot_take_is_known() -> None:
    leaf = next(leaves(scenario(NESTED)))
    assert (leaf.takes("stream", True), leaf.takes("stream", False), leaf.takes("structured", True)) == (
        True,
        False,
        True,
    )
