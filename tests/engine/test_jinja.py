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


ENDLESS = {
    "nested": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "of constants": f"{{% for a in {[0] * 500} %}}" * 3 + "{% endfor %}" * 3,
    "recursive": "{% for x in range(99) recursive %}{{ loop(range(99)) if loop.depth < 9 }}{% endfor %}",
    "calls": "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(99) }}",
}


@pytest.mark.parametrize("template", ENDLESS.values(), ids=ENDLESS)
def test_a_small_template_cannot_ask_for_all_the_time(template: str) -> None:
    with pytest.raises(SecurityError, match="its loops and calls take too long"):
        compiled(template).render({})


def test_an_expression_cannot_either_and_each_rendering_begins_anew() -> None:
    found = compiled("{{ range(3) | map('string') | list }}")
    assert [found.value({}) for _ in range(2)] == [["0", "1", "2"]] * 2
    for _ in range(2):
        assert len(compiled("{% for a in range(90000) %}-{% endfor %}").render({})) == 90_000


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% for a in range(3) %}{{ loop.index }}/{{ loop.length }} {% else %}none{% endfor %}", "1/3 2/3 3/3 "),
        ("{% for a in [] %}{% else %}none{% endfor %}", "none"),
        ("{% for key, value in {'a': 1}.items() %}{{ key }}{{ value }}{% endfor %}", "a1"),
        ("{% for a in range(5) if a is odd %}{{ a }}{% endfor %}", "13"),
        ("{% for x in [1, [2]] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}", "12"),
    ],
    ids=["loop", "else", "pairs", "if", "recursive"],
)  # fmt: skip
def test_loops_are_jinjas(template: str, text: str) -> None:
    assert compiled(template).render({}) == text
