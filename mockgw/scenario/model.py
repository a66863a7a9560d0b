"""Model: a scenario and its rules, as written and as the engine reads them."""

import pathlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from mockgw.later import Elsewhere, Later
from mockgw.notation import Boolean, Count, JsonSchema, Text
from mockgw.scenario.chaos import Chaos, ChaosForm
from mockgw.scenario.context import Context
from mockgw.scenario.document import Document, Path
from mockgw.scenario.index import Index, indexed
from mockgw.scenario.kinds import ANSWERS, INHERITED, OF_MESSAGE, answer_schema, check_answer, misplaced
from mockgw.scenario.nodes import Node, build, merged
from mockgw.scenario.options import Defaults, Options
from mockgw.scenario.patterns import AnyPattern, Match
from mockgw.scenario.replies import Answer, read_answer
from mockgw.scenario.times import AnyTimes, Times
from mockgw.values import light

if TYPE_CHECKING:
    from mockgw.scenario.gateway.terms import Terms

# What people write at the top of a file, and where it is said instead.
ELSEWHERE = {
    **dict.fromkeys(("seed", "port", "host"), "is a flag: mockgw serve --{}"),
    **dict.fromkeys(("dialect", "validate"), "belongs under 'gateway'"),
    **dict.fromkeys(("name", "id", "scenario"), "is not needed: the file's name is the scenario's name"),
}
GatewaySection = Annotated[Any, Elsewhere("mockgw.scenario.gateway.section", "Gateway")]
MATCH_KEYS = {option.alias or name for name, option in Match.model_fields.items()}


class RuleForm(Answer):
    """A rule: what it matches, and one answer."""

    id: Text | None = None
    """Its name in the log; `rule-1`, `rule-2` … when absent."""
    match: Later[Match] = Field(default_factory=Match.model_construct)
    """What a request must be; everything matches when absent."""
    fallback: Boolean = False
    """Whether it is asked only after all other rules."""
    times: Count | None = None
    """It stops matching after so many answers."""
    expect: AnyTimes | None = None
    """How often it is to answer: a number, or `at_least` and `at_most`. It changes no answer."""

    @classmethod
    def _check(cls, value: dict[str, Any]) -> None:
        check_answer(value, "a rule")

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        return super()._elsewhere(key, value) or (f"{key!r} belongs under 'match'" if key in MATCH_KEYS else "")


def scenario_schema() -> JsonSchema:
    """What `ScenarioForm` takes beside its keys, and which of them exclude each other."""
    schema = answer_schema(instead=("rules",))
    ignored = {"description": "Yours, or your editor's: mockgw does not read it."}
    return schema | {"patternProperties": {"^x-": ignored, r"^(version|\$schema)$": ignored}}


class ScenarioForm(Answer):
    """A scenario: `rules`, or an answer's keys for one rule that matches everything."""

    model_config = ConfigDict(json_schema_extra=scenario_schema())

    description: Text = ""
    """One line, shown in lists."""
    rules: list[Annotated[Later[RuleForm], BeforeValidator(read_answer)]] | None = Field(default=None, min_length=1)
    """The first that matches answers; those with `fallback: true` come last."""
    defaults: Later[Defaults] = Field(default_factory=Defaults.model_construct)
    """Options of every reply that does not set its own."""
    chaos: list[Later[ChaosForm]] = Field(default_factory=list)
    """What strikes at random, whatever the rules say; the first that does counts."""
    gateway: GatewaySection = None
    """The gateway that is mocked."""

    @classmethod
    def _elsewhere(cls, key: str, value: Mapping[str, Any]) -> str:
        if found := super()._elsewhere(key, value):
            return found
        if key in ELSEWHERE:
            return f"{key!r} {ELSEWHERE[key].format(key)}"
        if key == "default" and not isinstance(value[key], dict):
            return "'default' is no key; a last rule without 'match' answers everything else"
        if key in RuleForm.model_fields:
            return f"{key!r} belongs to a rule; put it under 'rules:'"
        return f"{key!r} belongs under the 'match' of a rule" if key in MATCH_KEYS else ""

    @classmethod
    def _check(cls, value: dict[str, Any]) -> None:
        if "rules" not in value:
            check_answer(value, "a scenario", instead=("rules",))
        for key in value if "rules" in value else ():
            if key in INHERITED:
                raise misplaced(key, "stands in 'defaults' when there are 'rules'")
            if key in (*ANSWERS, *OF_MESSAGE, "then"):
                told = "cannot stand beside 'rules': a scenario has either rules or one answer"
                raise misplaced(key, told + _indented_too_little(key, value))

    @model_validator(mode="after")
    def _unlike_ids(self) -> "ScenarioForm":
        seen: dict[str, int] = {}
        for index, rule in enumerate(self.rules or []):
            if rule.id in seen:
                message = f"rules {seen[rule.id] + 1} and {index + 1} have the same id {rule.id!r}"
                raise PydanticCustomError("same_id", "{text}", {"text": message, "inside": ("rules", index, "id")})
            seen |= {rule.id: index} if rule.id is not None else {}
        return self


def _indented_too_little(key: str, value: Mapping[str, Any]) -> str:
    keys = list(value)
    return "; if it belongs to the rule above, indent it" if keys.index("rules") < keys.index(key) else ""


@light
class Rule:
    """What the engine asks and gives. `place` is `file:line`; `named` whether somebody wrote the id.

    `yields` is for what is put in front of a scenario at run time: whether more special rules are asked before it.
    """

    id: str
    place: str
    path: Path
    patterns: tuple[AnyPattern, ...]
    node: Node
    fallback: bool = False
    times: int | None = None
    expect: Times | None = None
    for_side_calls: bool = False
    named: bool = True
    yields: bool = False

    @property
    def takes_all(self) -> bool:
        """Whether no request gets past it."""
        return not self.patterns and self.times is None

    def matches(self, context: Context) -> bool:
        """Whether all that it asks of a request holds."""
        for pattern in self.patterns:  # noqa: SIM110 - `all` takes twice as long for one pattern
            if not pattern.holds(context):
                return False
        return True


@light
class Scenario:
    """A loaded scenario; its rules stand in the order in which they are asked."""

    name: str
    description: str
    rules: tuple[Rule, ...]
    dialect: str | None
    version: str
    chaos: tuple[Chaos, ...]
    document: Document = field(repr=False)
    terms: "Terms | None" = None
    """Its own gateway's, if it has a section of its own."""
    key: str = field(init=False)
    """What the counts of its rules belong to: a changed file starts anew."""
    _index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.name}@{self.version}")
        object.__setattr__(self, "_index", indexed(rule.patterns for rule in self.rules))

    def candidates(self, context: Context) -> Iterator[Rule]:
        """The rules that a request may match, in the order in which they are asked."""
        return map(self.rules.__getitem__, self._index.met(context))

    def behind(self, rules: Iterable[Rule]) -> "Scenario":
        """The same scenario with these rules in front of its own; those that yield, in front of its last resort."""
        given = tuple(rules)
        first, last = ([rule for rule in given if rule.yields is yields] for yields in (False, True))
        own = self.rules
        resort = next((index for index, rule in enumerate(own) if rule.fallback or rule.takes_all), len(own))
        return replace(self, rules=in_order((*first, *own[:resort], *last, *own[resort:])))


def without_rules(name: str) -> Scenario:
    """A scenario that answers nothing by itself: its rules come at run time."""
    return Scenario(name, "", (), None, "", (), Document(pathlib.Path(f"<{name}>"), {}, {(): (1, 1)}))


def rules_of(form: ScenarioForm, document: Document) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked: fallbacks last."""
    if form.rules is None:
        return (Rule("rule-1", document.spot(()), (), (), build(form, (), form.defaults), named=False),)
    defaults = merged(form.defaults, Options.model_construct())  # once, for all that set nothing of their own
    rules = [_rule(rule, index, defaults, document) for index, rule in enumerate(form.rules)]
    return in_order(rules)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Fallbacks last."""
    return tuple(sorted(rules, key=lambda rule: rule.fallback))


def _rule(form: RuleForm, index: int, defaults: Options, document: Document) -> Rule:
    path: Path = ("rules", index)
    return Rule(
        id=form.id or f"rule-{index + 1}",
        place=document.spot(path),
        path=path,
        patterns=form.match.patterns(),
        node=build(form, path, defaults),
        fallback=form.fallback,
        times=form.times,
        expect=form.expect,
        for_side_calls=form.match.names_side_calls(),
        named=form.id is not None,
    )
