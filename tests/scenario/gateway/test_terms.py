from pathlib import Path

import pytest

from mockgw.errors import ScenarioError
from mockgw.scenario.gateway.amounts import Rate
from mockgw.scenario.gateway.terms import Terms, of_file
from tests.support import scenario


def terms(section: str) -> Terms:
    found = scenario(f"gateway: {section}\ntext: a").terms
    assert found is not None
    return found


def test_a_scenario_without_a_section_has_no_terms() -> None:
    assert scenario("text: a").terms is None


@pytest.mark.parametrize(
    ("section", "checks"),
    [
        ("{}", False),
        ("{dialect: anthropic, caching: false}", False),
        ("{bearer_only: true}", True),
        ("{model_naming: strict}", True),
        ("{keys: {a: active}}", True),
        ("{limits: {requests: 1}}", True),
        ("{subscription: {five_hour: {tokens: 1}}}", True),
        ("{credits: {balance: 1}}", True),
        ("{models: {a: {window: 1}}}", True),
        ("{providers: {a: {}}}", True),
    ],
)
def test_terms_know_whether_there_is_anything_to_check(section: str, checks: bool) -> None:
    assert terms(section).checks is checks


def test_the_same_section_is_the_same_terms_whatever_stands_around_it() -> None:
    names = {scenario(f"gateway: {{credits: {{balance: 1}}}}\ntext: {text}").terms.name for text in "ab"}  # type: ignore[union-attr]
    assert len(names) == 1
    assert terms("{credits: {balance: 2}}").name not in names


def test_a_key_is_its_own_or_any_other() -> None:
    table = terms("{keys: {a: disabled, '*': expired}}")
    assert [getattr(table.key(key), "state", None) for key in ("a", "b")] == ["disabled", "expired"]
    assert terms("{keys: {a: active}}").key("b") is None
    assert getattr(terms("{}").key("b"), "state", None) == "active"


def test_the_nearest_limits_count() -> None:
    found = terms(
        "{keys: {a: {limits: {requests: 9}}, '*': active}, "
        "limits: {requests: 5, tokens: 100, models: {opus: {requests: 1}}}}"
    )
    own, other = found.key("a"), found.key("b")
    assert own is not None
    assert other is not None
    assert found.limits(own, "opus").requests == Rate(9, 60)
    assert found.limits(other, "sonnet").requests == Rate(5, 60)
    assert found.limits(other, "opus").requests == Rate(1, 60)
    assert found.limits(other, "opus").tokens == Rate(100, 60)


def test_a_model_is_known_by_its_name_or_its_id_or_as_any_other() -> None:
    found = terms("{models: {a: {window: 1}, claude-x: {window: 2}, '*': {window: 3}}}")
    assert [found.model(*names).window for names in (("a", "claude-x"), ("b", "claude-x"), ("b", "c"))] == [1, 2, 3]
    assert terms("{}").model("a", "a").window is None


def test_a_file_of_its_own_has_a_sections_keys(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("credits: {balance: 0.05}\n", encoding="utf-8")
    assert of_file(file).name == terms("{credits: {balance: 0.05}}").name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("credit: {balance: 1}", r"gateway.yaml:1:1: unknown key 'credit'; did you mean 'credits'\?"),
        ("credits:\n  balance: -1", r"gateway.yaml:2:12: expected dollars"),
        ("- a", "gateway.yaml:1"),
        ("a: [", "gateway.yaml:2:1: a comma is missing"),
    ],
)
def test_what_is_wrong_with_such_a_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        of_file(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no such file"):
        of_file(tmp_path / "nothing.yaml")
