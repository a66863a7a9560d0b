import contextlib
import json
from pathlib import Path

import orjson
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockgw.errors import ScenarioError
from mockgw.scenario import document
from mockgw.scenario.document import Document, WrittenFloat, WrittenInt, parse, plain, read

FILE = Path("hello.yaml")


def message(text: str | bytes) -> str:
    """What is wrong with a text, whether one can read on after it or not."""
    try:
        [problem] = parse(text, FILE).problems
    except ScenarioError as error:
        [problem] = error.problems
    return str(problem).removeprefix("hello.yaml:")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("404", 404),
        ("1.10", 1.1),
        ("1e3", 1e3),
        ("2.5E-1", 0.25),
        ("-0.0", -0.0),
        ("18446744073709551615", 2**64 - 1),
    ],
)
def test_constants_and_json_numbers_are_values(written: str, value: object) -> None:
    found = plain(parse(f"a: {written}", FILE).value["a"])

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "written",
    [
        *[
            "no",
            "on",
            "yes",
            "off",
            "True",
            "NULL",
            "~",
            "0644",
            "0x10",
            "12:30",
            "1_000",
            ".5",
            "5.",
            "+1",
            "1e",
            ".inf",
        ],
        *[".nan", "NaN", "Infinity", "2026-01-01", "<<", "=", "1.2.3", "-01", "250ms", "hello there", "a:b", "x#y"],
        *["\u0661", "'404'", '"true"', "'null'", "''", '""', "|-\n  1.5", ">-\n  true"],
    ],
)
def test_all_else_is_text(written: str) -> None:
    text = written.removeprefix("|-\n").removeprefix(">-\n").strip("\"' ")

    assert parse(f"a: {written}\n", FILE).value == {"a": text}


@pytest.mark.parametrize("written", ["1.10", "404", "1E5", "-0", "0.50"])
def test_a_number_remembers_how_it_was_written(written: str) -> None:
    number = parse(written, FILE).value

    assert isinstance(number, WrittenInt | WrittenFloat)
    assert number.text == written


def test_plain_values_can_be_written_as_json() -> None:
    value = parse('{a: [1, 1.50, x, null, true, {b: "2"}]}', FILE).value

    assert orjson.dumps(plain(value)) == b'{"a":[1,1.5,"x",null,true,{"b":"2"}]}'


def test_keys_are_text_as_written() -> None:
    assert parse('{404: a, true: b, 1.10: c, "": d, <<: e}', FILE).value == {
        "404": "a",
        "true": "b",
        "1.10": "c",
        "": "d",
        "<<": "e",
    }


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "[a, b]", "--- [a, b]\n...\n", "\ufeff- a\n- b", "%YAML 1.1\n---\n[a, b]"]
)
def test_any_value_may_stand_at_the_top(text: str) -> None:
    assert parse(text, FILE).value == ["a", "b"]
    assert parse(text.encode(), FILE).value == ["a", "b"]


def test_aliases_repeat_a_value() -> None:
    text = "a: &a {x: 1}\nb: *a\nc: &c hi\nd: [*c, *a]\n&k e: f\n"

    assert parse(text, FILE).value == {"a": {"x": 1}, "b": {"x": 1}, "c": "hi", "d": ["hi", {"x": 1}], "e": "f"}


RULES = """\
# places
rules:
  - match: {prompt: x}
    reply: &r
      - y
  - reply: *r
"""


def test_every_value_and_key_has_its_place() -> None:
    found = parse(RULES, FILE)

    assert found.places == {
        (): (2, 1),
        ("rules",): (3, 3),
        ("rules", 0): (3, 5),
        ("rules", 0, "match"): (3, 12),
        ("rules", 0, "match", "prompt"): (3, 21),
        ("rules", 0, "reply"): (4, 12),
        ("rules", 0, "reply", 0): (5, 9),
        ("rules", 1): (6, 5),
        ("rules", 1, "reply"): (6, 12),
    }
    assert found.key_places[("rules", 0, "match", "prompt")] == (3, 13)


@pytest.mark.parametrize(
    ("path", "place", "key_place"),
    [
        pytest.param(("rules", 0, "reply"), (4, 12), (4, 5), id="known"),
        pytest.param(("rules", 0, "reply", "text"), (4, 12), (4, 12), id="child-unknown"),
        pytest.param(("rules", 1, "reply", 0), (6, 12), (6, 12), id="in-alias"),
        pytest.param(("other", 3), (2, 1), (2, 1), id="unknown"),
        pytest.param((), (2, 1), (2, 1), id="top"),
    ],
)
def test_a_place_is_that_of_the_longest_known_path(
    path: document.Path, place: document.Place, key_place: document.Place
) -> None:
    found = parse(RULES, FILE)

    assert found.place(path) == place
    assert found.key_place(path) == key_place


def test_what_stands_at_a_place_can_be_asked_for() -> None:
    found = parse(RULES, FILE)
    assert found.at(()) is found.value
    assert found.at(("rules", 0, "reply", 0)) == found.value["rules"][0]["reply"][0]


def test_problems_carry_the_place() -> None:
    found = parse(RULES, FILE)

    assert str(found.problem("bad", ("rules", 0, "match"), "code")) == "hello.yaml:3:12: bad"
    assert str(found.key_problem("unknown", ("rules", 0, "match"), "code")) == "hello.yaml:3:5: unknown"
    assert str(found.error("incomplete", code="code")) == "hello.yaml:2:1: incomplete"


EMPTY = "this file is empty; the smallest scenario is: reply: Hello."
NOTHING = 'write a value, or "" for an empty text, or null'
LOST = "YAML takes '&x' for a name of what follows, and no '*x' uses it; quote text that starts with '&'"
TOO_LARGE = "this number is too large; quote it if it is text"
TAG = "tags are not known here; quote text that starts with '!'"
DEEPER = (
    "this line is indented deeper than the one above, which has its value already; "
    "mend the indentation, or quote text that holds ': '"
)
TAB = "a tab cannot indent here; use spaces"
COLON = "quote text that holds ': '"
APART = "this line is indented like none above it; mend its indentation"
NO_BREAK = "a no-break space stands here, which is no blank of YAML's; use a plain blank"
CUT = "is a comment, and no part of the text before it; quote all of it, or put a space after the '#'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", f" {EMPTY}", id="empty"),
        pytest.param("# nothing\n", f" {EMPTY}", id="comments"),
        pytest.param("---\n", f" {EMPTY}", id="dashes"),
        pytest.param("a: 1\n---\nb: 2\n", "2:1: a second '---'; a file holds one scenario", id="two-documents"),
        pytest.param("a: 1\nb: 2\na: 3\n", "3:1: 'a' stands here a second time; the first is in line 1", id="twice"),
        pytest.param("{1: a, '1': b}", "1:8: '1' stands here a second time; the first is in line 1", id="twice-flow"),
        pytest.param(
            "a: {b: c}\na: {b: }\n", "2:1: 'a' stands here a second time; the first is in line 1", id="inside"
        ),
        pytest.param(
            "match:\nb: 1\n", "1:1: 'match' is empty; indent what belongs under it, or leave it out", id="match"
        ),
        pytest.param("a: 1\n\xa0b: 2\n", f"2:1: {NO_BREAK}", id="no-break-indent"),
        pytest.param("a: {b:\xa0c: 1}\n", f"1:5: {NO_BREAK}", id="no-break-after-colon"),
        pytest.param("a:\xa0b", f"1:1: {NO_BREAK}", id="no-break-in-the-only-line"),
        pytest.param("a: 1\n\xa0 b\n", f"2:1: {NO_BREAK}", id="no-break-in-no-yaml"),
        pytest.param("a:\n  reply:\n", f"2:3: 'reply' is empty; {NOTHING}", id="empty-value"),
        pytest.param(
            "a: |\nb: x\n",
            "1:1: 'a' is empty; indent the lines of text below it, or quote text that starts with '|'",
            id="no-block",
        ),
        pytest.param("a: # x\n", f"1:1: 'a' is empty; {NOTHING}, or quote text that starts with '#'", id="comment"),
        pytest.param("a: &x\n", f"1:1: 'a' is empty; {NOTHING}, or quote text that starts with '&'", id="bare-anchor"),
        pytest.param("a: &x b\n", f"1:4: {LOST}", id="unused-anchor"),
        pytest.param("a: [&x b, c, *y]\n", "1:14: there is no '&y' above; quote text that starts with '*'", id="other"),
        pytest.param("a: {b}\n", f"1:5: 'b' is empty; {NOTHING}, or quote text that starts with '{{'", id="braces"),
        pytest.param("a:\n  -\n  - b\n", f"2:4: this item is empty; {NOTHING}", id="empty-item"),
        pytest.param("{: x}\n", "1:2: a key is missing before this ':'", id="no-key-flow"),
        pytest.param("?\n: x\n", "1:2: a key is missing before this ':'", id="empty-key"),
        pytest.param(": x\n", "1:1: a key is missing before this ':'", id="no-key-top"),
        pytest.param("a: 1\n: x\n", "2:1: a key is missing before this ':'", id="no-key"),
        pytest.param("? [a]\n: b\n", "1:3: a key must be text", id="list-key"),
        pytest.param("a: &a x\n*a : y\n", "2:1: a key must be text", id="alias-key"),
        pytest.param("a: !!str 1\n", f"1:4: {TAG}", id="tag"),
        pytest.param("a: !!python/object:os.system {}\n", f"1:4: {TAG}", id="python-tag"),
        pytest.param("!x a: 1\n", f"1:1: {TAG}", id="key-tag"),
        pytest.param("a: 99999999999999999999\n", f"1:4: {TOO_LARGE}", id="large-int"),
        pytest.param("a: 18446744073709551616\n", f"1:4: {TOO_LARGE}", id="65-bits"),
        pytest.param("a: " + "9" * 5000, f"1:4: {TOO_LARGE}", id="5000-digits"),
        pytest.param("a: -1e999\n", f"1:4: {TOO_LARGE}", id="infinite"),
        pytest.param("a: *x\n", "1:4: there is no '&x' above; quote text that starts with '*'", id="no-anchor"),
        pytest.param("a: &x [b, *x]\n", "1:11: '*x' stands inside '&x' and would never end", id="cycle"),
    ],
)
def test_what_scenarios_do_not_allow_is_an_error(text: str, expected: str) -> None:
    assert message(text).removeprefix(" ") == expected.removeprefix(" ")


@pytest.mark.parametrize("loader", [yaml.SafeLoader, document._LOADER], ids=["python", "fastest"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("a: Hello #1 fan\n", [f"x.yaml:1:10: '#1 fan' {CUT}"], id="word"),
        pytest.param("- b\n- use\n  two  #lines\n", [f"x.yaml:3:8: '#lines' {CUT}"], id="lines"),
        pytest.param("a: Hello # there\nb: 'c' #d\ne: 5 #f\n#g\nh#i: j#k ## l\n", [], id="comments"),
    ],
)
def test_a_comment_that_may_be_text_is_told(
    text: str, told: list[str], loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "_LOADER", loader)
    problems = document.parse(text, Path("x.yaml")).problems

    assert [f"{problem.place}: {problem.message}" for problem in problems] == told
    assert {problem.severity for problem in problems} <= {"warning"}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, document._LOADER], ids=["python", "fastest"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a:\n\tb: 1\n", f"2:1: {TAB}", id="tab"),
        pytest.param("a:\n  - b: x\n \t- c: y\n", f"3:2: {TAB}", id="tab-after-space"),
        pytest.param("- \ta: x\n  b: y\n", "1:3: a tab cannot stand here; use spaces", id="tab-after-dash"),
        pytest.param("reply: hello: world\n", f"1:13: {COLON}", id="colon"),
        pytest.param(
            "reply: \u201cA: b\u201d\n", "1:8: \u201c is no quote of YAML's; write straight ones, \" or '", id="smart"
        ),
        pytest.param("- reply: Note:\n", f"1:14: {COLON}", id="colon-at-end"),
        pytest.param(
            "m: {prompt: {contains: a: b}}\n", f"1:25: {COLON}, or put a comma before the next key", id="colon-flow"
        ),
        pytest.param("reply: {{ x }}\n", "1:8: quote text that starts with '{{'", id="template"),
        pytest.param("- {{ x }} and\n", "1:3: quote text that starts with '{{'", id="template-and-text"),
        pytest.param("a: [{{ x }}]\n", "1:5: quote text that starts with '{{'", id="template-flow"),
        pytest.param("reply: {{ x | y }}\n", "1:8: quote text that starts with '{{'", id="template-filter"),
        pytest.param("reply: {% raw %}\n", "1:8: quote text that starts with '{%'", id="statement"),
        pytest.param("a: *bold*\n", "1:4: quote text that starts with '*'", id="star"),
        pytest.param(
            "a: *bold text*\n", "1:4: there is no '&bold' above; quote text that starts with '*'", id="star-and-more"
        ),
        pytest.param("a: & b\n", "1:4: quote text that starts with '&'", id="ampersand"),
        pytest.param("a: > 5\n", "1:4: quote text that starts with '>'", id="greater"),
        pytest.param("a: `b`\n", "1:4: quote text that starts with '`'", id="backquote"),
        pytest.param("a: %d\n", "1:4: quote text that starts with '%'", id="percent"),
        pytest.param("a: @b\n", "1:4: quote text that starts with '@'", id="at"),
        pytest.param("a: ? b\n", "1:4: quote text that starts with '?'", id="question"),
        pytest.param("a: , b\n", "1:4: quote text that starts with ','", id="comma"),
        pytest.param(
            "a: - b\n", "1:4: begin a list on a line of its own, or quote text that starts with '- '", id="dash"
        ),
        pytest.param(
            'a: "\\d"\n', "1:5: '\\d' means nothing in double quotes; use single quotes, or write '\\\\d'", id="escape"
        ),
        pytest.param(
            'a: "C:\\users"\n',
            "1:4: a backslash here begins a character's number but no number follows; use single quotes",
            id="windows-path",
        ),
        pytest.param("b: 1\na: 'x\n", "2:4: this ' is never closed", id="open-quote"),
        pytest.param("a: [b, c\n", "1:4: this [ is never closed", id="open-list"),
        pytest.param("a: {b: c\nd: e\n", "1:4: this { is never closed", id="open-mapping"),
        pytest.param(
            'a: [b "c"]\nd: ["e" f]\n',
            "2:9: a comma is missing here, or text that holds [ ] { } , or quotes is not quoted",
            id="comma-missing",
        ),
        pytest.param(
            "a: 'it's'\n",
            "1:8: text goes on after the closing '; quote all of it, and write ' inside it as ''",
            id="apostrophe",
        ),
        pytest.param(
            'a: "b" c\n',
            '1:8: text goes on after the closing "; quote all of it, and write " inside it as \\"',
            id="after-quote",
        ),
        pytest.param("a: [ok] b\n", "1:4: quote text that starts with '['", id="bracket"),
        pytest.param("a: {b:c}", "1:5: 'b:c' is empty; put a space after its ':'", id="glued-in-braces"),
        pytest.param("a: [ok]]\nb: 1\n", "1:8: this ] closes nothing", id="bracket-too-many"),
        pytest.param("a: 1\n  b: 2\n", f"2:3: {DEEPER}", id="deeper"),
        pytest.param("a:\n  - b: x\n   c: y\n", f"3:4: {APART}", id="between"),
        pytest.param("a:\n    b: 1\n  c: 2\n", f"3:3: {APART}", id="between-keys"),
        pytest.param(
            "- a\nb: 1\n", "2:1: a key cannot stand among list items; mend its indentation", id="key-among-items"
        ),
        pytest.param(
            "a: 1\n- b\n", "2:1: a list item cannot stand among keys; mend its indentation", id="item-among-keys"
        ),
        pytest.param("a:1\nb: 2\n", "1:1: put a space after the ':' of 'a:1'", id="no-space"),
        pytest.param(
            "a: x\nfoo\nb: 1\n",
            "2:1: 'foo' has no ': ' and a value after it; text of several lines stands after '|-'",
            id="no-colon",
        ),
        pytest.param(
            "a: 1\n...\nb: 2\n", "3:1: the file's one value has ended above; nothing can follow it", id="after-end"
        ),
        pytest.param("x" * 2000 + ": 1\n", "1:1: a key has at most 1,024 characters", id="long-key"),
    ],
)
def test_syntax_errors_say_what_to_do(text: str, expected: str, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_LOADER", loader)

    assert message(text).removeprefix(" ") == expected


def test_half_a_character_is_an_error() -> None:
    expected = "1:4: half a character is written here; write the character itself"

    assert message('a: "\\ud83d\\ude00"\n') == expected


def test_other_syntax_errors_are_passed_on() -> None:
    assert message("%YAML 2.0\n---\na: 1\n").startswith("1:1: this is not YAML: found incompatible YAML document")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"a: 1\nb: \xc3\xa9\xe9", "2:5: byte 0xe9 (offset 10) is not UTF-8; save the file as UTF-8", id="latin-1"
        ),
        pytest.param("a: b".encode("utf-16"), "1:1: this file is UTF-16; save it as UTF-8", id="utf-16"),
        pytest.param(
            "a: b".encode("utf-16-le"),
            "1:2: character U+0000 cannot stand in YAML; is this file UTF-8 text?",
            id="utf-16-no-mark",
        ),
        pytest.param(b"a: b\nc: d\0", "2:5: character U+0000 cannot stand in YAML; is this file UTF-8 text?", id="nul"),
        pytest.param(
            b"a: \x1b[0m",
            '1:4: character U+001B cannot stand in YAML; in double quotes, write it as "\\u001B"',
            id="escape",
        ),
    ],
)
def test_what_is_not_text_is_named_with_its_place(data: bytes, expected: str) -> None:
    assert message(data) == expected


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
CHAIN = "- &a0 [x]\n" + "".join(f"- &a{n} [*a{n - 1}]\n" for n in range(1, 1000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(BOMB, "6:25: aliases expand to more than 100,000 values", id="alias-bomb"),
        pytest.param(CHAIN, "64:9: nested deeper than 64 levels", id="alias-chain"),
        pytest.param("- " * 10_000, "1:129: nested deeper than 64 levels", id="10,000-items"),
        pytest.param("{a: " * 10_000, "1:257: nested deeper than 64 levels", id="10,000-mappings"),
        pytest.param(
            "- reply: x\n" * 900_000, "50000:10: the file holds more than 100,000 values", id="10-MB-of-values"
        ),
        pytest.param("a: |\n" + "  hello\n" * 1_250_000 + "b: c: d\n", f"1250002:5: {COLON}", id="10-MB-of-text"),
        pytest.param('"' + "x" * 10_000_000, '1:1: this " is never closed', id="10-MB-open-quote"),
        pytest.param("\t" * 10_000_000, f"1:1: {TAB}", id="10-MB-of-tabs"),
        pytest.param("x" * (16 * 2**20 + 1), "is larger than 16 MB", id="17-MB"),
    ],
)
def test_the_worst_files_end_in_a_message(text: str, expected: str) -> None:
    assert message(text).strip() == expected


@pytest.mark.parametrize("depth", [10_000, 10_000_000])
def test_too_many_brackets_are_told_by_us_or_by_libyaml(depth: int) -> None:
    assert message("[" * depth) in (f"1:{column}: nested deeper than 64 levels" for column in (65, 1001))


def test_64_levels_are_not_too_deep() -> None:
    assert parse("[" * 63 + "[]" + "]" * 63, FILE).places[(0,) * 63] == (1, 64)


def test_read_takes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "hello.yaml"
    file.write_text("reply: Hello.\r\n", encoding="utf-8-sig")

    assert read(file) == Document(file, {"reply": "Hello."}, {(): (1, 1), ("reply",): (1, 8)}, {("reply",): (1, 1)})


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for name, expected in [
        ("missing", "there is no such file"),
        (".", "this is a folder; a scenario is a file"),
        ("file/x", "cannot be read: Not a directory"),
        ("\0", "cannot be read: embedded null byte"),
        ("file", EMPTY),
    ]:
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path / name)
        assert caught.value.problems[0].message == expected


YAML_ALONE = "".join(map(chr, range(0x7F, 0xA0))) + "\u2028\u2029\ufeff\ufffe\uffff"
# Left out: line breaks that JSON does not know, and control characters that YAML refuses.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters=YAML_ALONE), max_size=60)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([None, 2]))
def test_json_is_read_as_json(value: object, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)

    assert json.dumps(plain(parse(text, FILE).value)) == json.dumps(value)


@given(st.text(max_size=80) | st.text("ab:-[]{}\"'#&*!|>%@`,? \n\t", max_size=60))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ScenarioError):
        parse(text, FILE)


def test_after_a_hundred_problems_no_more_is_read() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse("a: 1\n" * 1000, FILE)

    assert len(caught.value.problems) == 101
