from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.scenario.document import parse
from mockgw.scenario.spelling import as_yaml, verbatim
from tests.support import pipeline
from tests.support import text as answered


def read(text: str) -> Any:
    document = parse(text, Path("test.yaml"))
    assert document.problems == ()
    return document.value


@pytest.mark.parametrize(
    "value",
    [
        *("1e5", "true", "null", "1.10", "0644", "12:30", "yes", "", "-", "a: b", "# a", "a #b", "a # b"),
        *("&a", "*a", "!a", "{{ a }}", "a\nb", "a\nb\n", "a \nb", " a", "\t", "\x00", "\u2028", "\ufeffa"),
        *("a\u00a0b", "99999999999999999999", 1, 1.5, 1e20, True, None, [], {}, ["a", {"b": ["c\nd"]}]),
    ],
    ids=repr,
)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert read(as_yaml({"key": value})) == {"key": value}


texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts.filter(bool), inner),
    max_leaves=20,
)


@settings(max_examples=50)
@given(st.lists(values, min_size=1))
def test_any_value_is_read_back(value: Any) -> None:
    assert read(as_yaml(value)) == value


def test_what_stands_there_twice_is_written_twice() -> None:
    shared = {"a": "b"}
    assert as_yaml([shared, shared]) == "- {a: b}\n- {a: b}\n"


def test_a_text_alone_has_no_end_mark() -> None:
    assert as_yaml("a") == "a\n"


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }}",
        "{% if a %}",
        "{# a #}",
        "{% raw %}{{ a }}{% endraw %}",
        "a {%- endraw -%} {{ b }} {% endraw %}",
        "{ a }",
    ],
)
def test_what_is_verbatim_is_no_template(text: str) -> None:
    written = as_yaml({"reply": {"text": verbatim(text)}})
    gateway = pipeline(written)
    assert answered(gateway) == text


def test_what_is_verbatim_anywhere_is_so_everywhere() -> None:
    assert verbatim({"a": ["{{ b }}", 1]}) == {"a": ["{% raw %}{{ b }}{% endraw %}", 1]}
