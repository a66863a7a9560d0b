import pytest
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError

from mockgw.engine.jinja import as_json, as_text, compiled, reason, troubles


def test_a_template_knows_the_names_that_it_uses() -> None:
    assert compiled("{{ a.b }} {% set c = 1 %}{{ c }}{{ d }}").names == {"a", "d"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("{{ n }}", 2), (" {{ n }}", " 2"), ("{{ n }}!", "2!"), ("{% if n %}a{% endif %}", "a"), ("{{ n }}{{ n }}", "22")],
)
def test_a_single_expression_keeps_the_type_of_its_value(text: str, value: object) -> None:
    assert compiled(text).value({"n": 2}) == value


def test_only_the_names_that_are_known_can_be_used() -> None:
    assert list(troubles("{{ a }}{{ range(2) }}", ["a"])) == []
    assert list(troubles("{{ b }}", ["a"])) == [("unknown name 'b' in a template; there are a", "unknown-name")]
    assert [code for _, code in troubles("{{ a", ["a"])] == ["bad-template"]


def test_a_value_becomes_what_json_can_say() -> None:
    assert as_json((1, "a")) == [1, "a"]
    with pytest.raises(UnicodeEncodeError):
        as_text("\ud800")


def test_a_reason_names_an_error_that_is_not_jinjas() -> None:
    assert reason(TemplateError("no")) == "no"
    assert reason(ZeroDivisionError("by zero")) == "ZeroDivisionError: by zero"


@pytest.mark.parametrize(
    "template",
    ["{{ 'a' * 10**9 }}", "{{ 10**9 * 'ab' }}", "{{ [1] * 999999999 }}", "{{ 9 ** (9 ** 9) }}", "{{ 2 ** 99999999 }}"],
)
def test_a_small_template_cannot_ask_for_all_the_memory(template: str) -> None:
    with pytest.raises(SecurityError, match="would be too large"):
        compiled(template).render({})


def test_usual_sums_are_made() -> None:
    assert compiled("{{ '-' * 80 }}").render({}) == "-" * 80
    assert (
        compiled("{{ 2 * 3 }} {{ 2 ** 10 }} {{ 2.5 * 2 }} {{ 3 * [1] }} {{ 2 ** -1 }}").render({})
        == "6 1024 5.0 [1, 1, 1] 0.5"
    )
