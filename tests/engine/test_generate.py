import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from mockgw.engine import generate
from mockgw.protocol.errors import ApiError
from tests.engine.generate.schemas import SCHEMAS
from tests.support import answer, body, pipeline, text

CAPTURES = sorted((Path(__file__).parent.parent / "clients" / "captures").glob("*.json"))
BODIES = [json.loads(path.read_text())["body"] for path in CAPTURES]
TOOLS = {tool["name"]: tool for body in BODIES for tool in body.get("tools", ()) if "input_schema" in tool}


def valid(value: Any, schema: Any) -> bool:
    """By a validator that has no part in making the value."""
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value)


def refusal(schema: Any) -> str:
    with pytest.raises(ApiError) as caught:
        generate.value(schema, Random(1))
    error = caught.value
    assert (error.status, error.kind, error.should_retry) == (400, "generate", False)
    return error.message.removeprefix("cannot generate an answer: the schema at ")


@settings(max_examples=500, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS)
def test_what_is_generated_is_valid(schema: Any) -> None:
    assert valid(generate.value(schema, Random(7)), schema)


@pytest.mark.parametrize("name", TOOLS)
def test_the_tools_of_claude_code_get_valid_input(name: str) -> None:
    schema = TOOLS[name]["input_schema"]

    assert all(valid(generate.value(schema, Random(seed)), schema) for seed in range(20))


# As real tools write them: enums, formats, bounds, lists of objects.
ASKING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["questions"],
    "properties": {
        "questions": {
            "type": "array",
            "minItems": 1,
            "maxItems": 4,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["question", "header", "options"],
                "properties": {
                    "question": {"type": "string"},
                    "header": {"type": "string", "maxLength": 12},
                    "options": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/option"}},
                },
            },
        },
        "url": {"type": "string", "format": "uri"},
        "timeout": {"type": "integer", "exclusiveMinimum": 0, "maximum": 9007199254740991},
        "answers": {"type": "object", "propertyNames": {"type": "string"}, "additionalProperties": {"type": "string"}},
    },
    "$defs": {"option": {"type": "object", "properties": {"label": {"type": "string"}}, "required": ["label"]}},
}


def test_a_rich_tool_gets_all_its_properties() -> None:
    made = [generate.value(ASKING, Random(seed)) for seed in range(20)]

    assert all(valid(value, ASKING) and set(value) == {"questions", "url", "timeout", "answers"} for value in made)
    assert all(len(question["header"]) <= 12 for value in made for question in value["questions"])


@pytest.mark.parametrize("schema", [ASKING, *(tool["input_schema"] for tool in TOOLS.values())])
def test_the_seed_makes_the_value(schema: Any) -> None:
    assert generate.value(schema, Random(5)) == generate.value(schema, Random(5))


def test_another_seed_makes_another_value() -> None:
    assert len({json.dumps(generate.value(ASKING, Random(seed))) for seed in range(10)}) == 10


def test_a_person_looks_like_one() -> None:
    names = ("first_name", "email", "city", "country", "phoneNumber", "website", "birthDate")
    schema = {"properties": {name: {"type": "string"} for name in names} | {"age": {"type": "integer"}}}
    made = generate.value(schema, Random(2))

    assert made == {
        "first_name": made["first_name"].title(),
        "email": made["email"],
        "city": made["city"].title(),
        "country": made["country"],
        "phoneNumber": made["phoneNumber"],
        "website": made["website"],
        "birthDate": made["birthDate"],
        "age": made["age"],
    }
    assert "@example." in made["email"]
    assert made["website"].startswith("https://example.com/")
    assert 18 <= made["age"] <= 80


def doubled(keyword: str, leaf: Any) -> dict[str, Any]:
    """Forty levels, each of which refers to the next twice."""
    levels = {f"a{n}": {keyword: [{"$ref": f"#/$defs/a{n + 1}"}, {"$ref": f"#/$defs/a{n + 1}"}]} for n in range(40)}
    return {"$ref": "#/$defs/a0", "$defs": levels | {"a40": leaf}}


def nested(schema: Any, levels: int, **more: Any) -> Any:
    for _ in range(levels):
        schema = {"type": "array", "items": schema, **more}
    return schema


NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}
FIVE_TO_FOUR = {"allOf": [{"type": "integer", "minimum": 5}, {"maximum": 4}]}
TOO_LONG = "takes too long to check: its parts refer to each other too often"
TOO_MUCH = "needs too many values, or too many ways have to be tried"
BRANCHES = "its top has no branch that can be met; the first: /anyOf/1 "
UNMET = [
    (False, "its top allows no value"),
    ({"not": {}}, "/not allows every value where none of its values may be"),
    ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "/properties/a allows no value"),
    (
        {"type": "integer", "minimum": 5, "maximum": 4},
        "its top asks for a whole number, at least 5 and at most 4: there is none",
    ),
    (
        {"type": "array", "items": FIVE_TO_FOUR, "minItems": 1},
        "/items/allOf/1 asks for a whole number, at least 5 and at most 4: there is none",
    ),
    (
        {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 4},
        "its top asks for a whole number, above 3 and below 4: there is none",
    ),
    (
        {"type": "number", "multipleOf": 10, "minimum": 11, "maximum": 19},
        "its top asks for a multiple of 10, at least 11 and at most 19: there is none",
    ),
    (
        {"type": "number", "exclusiveMinimum": 1, "maximum": 1},
        "its top asks for a number, above 1 and at most 1: there is none",
    ),
    (
        {"allOf": [{"type": "string"}, {"type": "number"}]},
        "/allOf/0 allows no type: string and number or integer have none in common",
    ),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "its top asks for text of 3 to 2 characters: there is none"),
    ({"type": "string", "pattern": "^(?=x)y$"}, "its top asks for text with the pattern '^(?=x)y$': none was found"),
    (
        {"type": "string", "format": "date", "pattern": "^x", "maxLength": 3},
        "its top asks for text with the pattern '^x' and the format 'date' and at most 3 characters: none was found",
    ),
    (
        {"type": "string", "pattern": "^(a{50}){50}$"},
        "its top has a pattern for at least 2500 characters; at most 1000 are made",
    ),
    ({"const": 5, "type": "string"}, "its top has no value in its const that the rest of the schema allows"),
    ({"enum": [1, 2], "minimum": 3}, "its top has no value in its enum that the rest of the schema allows"),
    ({"type": "array", "minItems": 3, "maxItems": 2}, "its top asks for 3 to 2 items: there are none"),
    (
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3},
        "its top asks for different items: beyond 2 none was found",
    ),
    (
        {"type": "object", "required": ["a", "b"], "maxProperties": 1},
        "its top asks for 2 to 1 properties: that cannot be",
    ),
    (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False, "minProperties": 3},
        "its top asks for at least 3 properties: only 1 were found",
    ),
    (
        {"type": "object", "required": ["B"], "propertyNames": {"pattern": "^a"}},
        "its top asks for the property 'B', whose name it does not allow",
    ),
    ({"type": "null", "not": {"const": None}}, "its top is met by none of the 12 values that were tried"),
    (
        {
            "anyOf": [{"type": "string", "pattern": "^$", "minLength": 1}, {"const": 1, "minimum": 2}, False],
            "title": "x",
        },
        BRANCHES + "has no value in its const that the rest of the schema allows",
    ),
    ({"type": "strin"}, "/type is no type: 'strin'; did you mean 'string'?"),
    ({"properties": {"a": {"minLength": "x"}}}, '/properties/a/minLength is invalid: "x" is not of type "integer"'),
    ({"properties": {"a": {"pattern": "("}}}, "/properties/a has the pattern '(', which is invalid or too large"),
    ({"pattern": "(?(1)a)"}, "its top has the pattern '(?(1)a)', which is invalid or too large"),
    (5, 'its top is invalid: 5 is not of types "boolean", "object"'),
    ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "/properties/a/$ref leads nowhere: '#/$defs/b'"),
    ({"$ref": "http://localhost/a.json"}, "/$ref leads out of the schema, to 'http://localhost/a.json'"),
    ({"$ref": "#"}, "/$ref leads back to its top without an end"),
    (
        {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
        "/$defs/node/properties/next/$ref leads back to /$defs/node without an end",
    ),
]
HOSTILE = [
    (doubled("allOf", {"type": "string"}), f"its top {TOO_LONG}"),
    (doubled("anyOf", {"type": "string"}), f"its top {TOO_LONG}"),
    (doubled("anyOf", False), TOO_MUCH),
    (doubled("oneOf", True), TOO_MUCH),
    ({"not": doubled("anyOf", False)["$defs"]["a0"]} | {"$defs": doubled("anyOf", False)["$defs"]}, "its top "),
    (
        nested({"type": "string"}, 1, minItems=10**9),
        "its top asks for at least 1000000000 items; at most 2000 are made",
    ),
    (nested({"type": "string"}, 6, minItems=100), TOO_MUCH),
    (nested({"type": "string"}, 70, minItems=1), "needs values nested deeper than 60 levels"),
    (nested(True, 90), "is nested deeper than 80 levels"),
    ({"type": "string", "minLength": 10**9}, "its top asks for at least 1000000000 characters; at most 20000 are made"),
    (
        {"type": "object", "minProperties": 10**9},
        "its top asks for at least 1000000000 properties; at most 2000 are made",
    ),
    (
        {"type": "array", "contains": True, "minContains": 10**9},
        "its top asks for at least 1000000000 items; at most 2000 are made",
    ),
    ({"type": "string", "pattern": "^(((a{90}){90}){90}){90}$"}, "which is invalid or too large"),
    ({"enum": list(range(20_000)), "minimum": 20_000}, TOO_MUCH),
    ({"properties": {str(n): {"not": {}} for n in range(6_000)}}, "its top has more than 10000 subschemas"),
    (
        {
            "allOf": [{"anyOf": [{"minimum": n}, {"minimum": n + 1}]} for n in range(60)],
            "type": "integer",
            "maximum": 9,
        },
        TOO_MUCH,
    ),
    (
        {"$ref": "#/$defs/a0", "$defs": {"a3000": {}} | {f"a{n}": {"$ref": f"#/$defs/a{n + 1}"} for n in range(3000)}},
        "its top is nested too deeply",
    ),
]


@pytest.mark.parametrize(("schema", "message"), UNMET, ids=lambda case: None if isinstance(case, str) else "schema")
def test_what_cannot_be_met_is_refused_by_its_place(schema: Any, message: str) -> None:
    assert refusal(schema) == message


@pytest.mark.parametrize(("schema", "message"), HOSTILE, ids=lambda case: None if isinstance(case, str) else "schema")
def test_what_asks_for_too_much_is_refused(schema: Any, message: str) -> None:
    assert message in refusal(schema)


def test_what_lies_deep_is_named_in_short() -> None:
    assert len(refusal(nested(True, 90))) < 300


PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "born": {"type": "integer"}},
    "required": ["name", "born"],
    "additionalProperties": False,
}
OFFERED = [{"name": name, "input_schema": PERSON | {"properties": {name: {}}, "required": [name]}} for name in "ab"]


def test_json_is_compact_and_fits_the_format() -> None:
    format = {"format": {"type": "json_schema", "schema": PERSON}}
    written = text(pipeline("generate: {json: true}"), body(output_config=format))

    assert valid(json.loads(written), PERSON)
    assert written == json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize(
    ("wanted", "more", "name"),
    [
        pytest.param("true", {}, "a", id="first"),
        pytest.param("true", {"tool_choice": {"type": "tool", "name": "b"}}, "b", id="forced"),
        pytest.param("b", {}, "b", id="named"),
    ],
)
def test_a_call_fits_its_tool(wanted: str, more: dict[str, Any], name: str) -> None:
    received = answer(pipeline(f"generate: {{tool: {wanted}}}"), body(tools=OFFERED, **more))

    (call,) = received["content"]
    assert (call["type"], call["name"], list(call["input"]), received["stop_reason"]) == (
        "tool_use",
        name,
        [name],
        "tool_use",
    )


def test_a_tool_that_cannot_be_called_is_named() -> None:
    tool = {"name": "pay", "input_schema": {"type": "object", "properties": {"sum": False}, "required": ["sum"]}}

    assert text(pipeline("generate: {tool: true}"), body(tools=[tool])) == (
        "cannot generate an answer: the input_schema of pay at /properties/sum allows no value"
    )
