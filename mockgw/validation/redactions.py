"""Redactions: the data of redacted thinking that a scenario can have answered with."""

from collections.abc import Iterator

from mockgw.notation import is_template
from mockgw.scenario.model import Scenario
from mockgw.scenario.nodes import Node, Reply, Sequence
from mockgw.scenario.replies import BlockForm


def known(scenario: Scenario) -> frozenset[str] | None:
    """All that its rules write; None if a template may write more."""
    written = frozenset(data for rule in scenario.rules for data in _written(rule.node))
    return None if any(map(is_template, written)) else written


def _written(node: Node) -> Iterator[str]:
    if isinstance(node, Sequence):
        for entry in node.entries:
            yield from _written(entry.node)
    elif isinstance(node, Reply):
        yield from filter(None, map(_data, node.blocks))


def _data(form: BlockForm) -> str | None:
    match form.block:
        case {"type": "redacted_thinking", "data": str(data)}:
            return data
    return form.redacted_thinking
