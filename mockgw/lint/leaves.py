"""Leaves: every answer that a scenario can come to, and where its parts stand in the file."""

from collections.abc import Iterator
from typing import Any

from mockgw.scenario.conditions import Condition
from mockgw.scenario.document import Document, Path
from mockgw.scenario.model import Rule, Scenario
from mockgw.scenario.nodes import Failure, Node, Reply, Sequence
from mockgw.scenario.patterns import Pattern
from mockgw.scenario.replies import BlockForm
from mockgw.values import light


@light
class Leaf:
    """An answer, and the rule that gives it."""

    rule: Rule
    answer: Reply | Failure
    document: Document

    @property
    def path(self) -> Path:
        return self.answer.path

    def block_path(self, index: int) -> Path:
        """Where a block of a message stands: as an item of a list, or as a key of the answer itself."""
        written = self.document.at(self.path)
        if isinstance(written, list):
            return (*self.path, index)
        return (*self.path, "content", index) if isinstance(written, dict) and "content" in written else self.path

    def key_path(self, index: int, block: BlockForm) -> Path:
        """Where the key of a block stands."""
        return (*self.block_path(index), block.kind)

    def option_path(self, name: str) -> Path:
        """Where an option stands: beside the answer, or the nearest further out."""
        outwards = (self.path[:length] for length in range(len(self.path), -1, -1))
        return next((*outer, name) for outer in outwards if _has(self.document.at(outer), name))

    def takes(self, key: str, value: Any) -> bool:
        """Whether its rule can match a request that has this value: False is certain."""
        return all(condition.holds((value,)) for condition in conditions(self.rule, key))


def leaves(scenario: Scenario) -> Iterator[Leaf]:
    for rule in scenario.rules:
        for answer in answers(rule.node):
            yield Leaf(rule, answer, scenario.document)


def conditions(rule: Rule, key: str) -> list[Condition[Any]]:
    """What a rule asks of one thing in every request."""
    return [pattern.condition for pattern in rule.patterns if isinstance(pattern, Pattern) and pattern.key == key]


def _has(value: Any, name: str) -> bool:
    return isinstance(value, dict) and name in value


def answers(node: Node) -> Iterator[Reply | Failure]:
    """All that it can come to."""
    if isinstance(node, Sequence):
        for entry in node.entries:
            yield from answers(entry.node)
    else:
        yield node
