"""Schemas that can be met, with all that 2020-12 has to say, as a strategy."""

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

NAMES = st.sampled_from(
    ["city", "email", "age", "x_note", "created_at", "price", "a", "naïve", "a/b~c d", "id", "tags"]
)
PATTERNS = [
    "^[A-Z]{3}-\\d{4}$",
    "^a+$",
    "b[aeiou]?t",
    "^(red|green|blue)( (light|dark))?$",
    "^[^@\\s]+@example\\.(?:com|org)$",
    "^(?=.*\\d)[a-z0-9]{8,}$",
]
FORMATS = [
    "date-time", "date", "time", "duration", "email", "uri", "uri-reference", "uuid", "ipv4", "ipv6", "hostname",
    "regex", "json-pointer", "relative-json-pointer", "uri-template", "iri", "idn-email", "unheard-of",
]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> Schema:
    least = draw(st.integers(0, 30))
    length = st.fixed_dictionaries({}, optional={"minLength": st.just(least), "maxLength": st.integers(least, 60)})
    asked = st.one_of(
        length,
        st.sampled_from(PATTERNS).map(lambda pattern: {"pattern": pattern}),
        st.sampled_from(FORMATS).map(lambda name: {"format": name}),
        st.just({"pattern": "^a+$", "minLength": 5, "maxLength": 7}),
        st.just({"pattern": "b", "minLength": 12}),
        st.just({"allOf": [{"pattern": "^[a-z]+$"}, {"maxLength": 3}], "minLength": 2}),
    )
    chosen: Schema = draw(asked)
    return {"type": "string"} | chosen


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    kind, step = draw(
        st.sampled_from([("integer", 1), ("integer", 7), ("number", 0.01), ("number", 2.5), ("number", 0)])
    )
    least = draw(st.integers(-1000, 1000))
    width = draw(st.integers(2, 2000)) * max(step, 1)
    schema: Schema = {"type": kind} | ({"multipleOf": step} if step else {})
    lower, upper = draw(
        st.sampled_from([("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum"), ("minimum", "")])
    )
    schema |= {lower: least} | ({upper: least + width} if upper else {})
    return schema | (draw(st.sampled_from([{}, {"not": {"const": least + 1}}])) if width > 4 else {})


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)
FIXED = st.one_of(
    VALUES.map(lambda value: {"const": value}),
    st.lists(VALUES, min_size=1, max_size=4).map(lambda values: {"enum": values}),
    st.sampled_from(
        [{"type": "boolean"}, {"type": "null"}, {"type": ["null", "string"]}, {}, {"not": {"type": "string"}}]
    ),
    st.sampled_from(["leaf", "tree", "chain", "sum", "a~b/c"]).map(
        lambda name: {"$ref": "#/$defs/" + name.replace("~", "~0").replace("/", "~1")}
    ),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    return st.one_of(_records(inner), _maps(inner), _switches(inner))


@st.composite
def _records(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Schema:
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    some = st.lists(st.sampled_from([*properties] or ["extra"]), unique=True)
    schema: Schema = {"type": "object", "properties": properties, "required": draw(some)}
    if not properties:
        return schema
    names = list(properties)
    return schema | draw(
        st.sampled_from(
            [
                {"additionalProperties": False},
                {"unevaluatedProperties": False},
                {"dependentRequired": {names[0]: names}},
                {"dependentSchemas": {names[0]: {"required": names[-1:]}}},
                {"additionalProperties": {"type": "integer"}, "minProperties": len(names) + 2},
                {"allOf": [{"required": names[:1]}, {"properties": {"more": {"type": "null"}}, "required": ["more"]}]},
                {"anyOf": [False, {"required": names[:1]}]},
                {"not": {"required": ["never"]}},
                {"propertyNames": {"maxLength": 12}},
            ]
        )
    )


def _maps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    least = st.integers(0, 3)
    return st.one_of(
        st.builds(lambda part, n: {"type": "object", "additionalProperties": part, "minProperties": n}, inner, least),
        st.builds(
            lambda part, n: {
                "type": "object",
                "patternProperties": {"^x_": part},
                "additionalProperties": False,
                "minProperties": n,
            },
            inner,
            least,
        ),
        st.builds(
            lambda part, n: {
                "propertyNames": {"pattern": "^[a-z]+$"},
                "additionalProperties": part,
                "minProperties": n,
            },
            inner,
            least,
        ),
    )


def _switches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """What a property is decides about the others."""
    kind = {"type": "object", "properties": {"kind": {"enum": ["a", "b", "c"]}}, "required": ["kind"]}

    def when(name: str, part: Any) -> Schema:
        return {
            "if": {"properties": {"kind": {"const": name}}},
            "then": {"properties": {name: part}, "required": [name]},
        }

    def variant(name: str, part: Any) -> Schema:
        return {"type": "object", "properties": {"kind": {"const": name}, name: part}, "required": ["kind", name]}

    return st.one_of(
        st.builds(
            lambda part, other: kind | {"allOf": [when("a", part), when("b", other), when("c", part)]}, inner, inner
        ),
        st.builds(lambda part: kind | when("a", part) | {"else": {"properties": {"rest": {"const": 1}}}}, inner),
        st.builds(lambda part, other: {"oneOf": [variant("a", part), variant("b", other)]}, inner, inner),
        st.just(
            {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}},
                "oneOf": [{"required": ["x"]}, {"required": ["y"]}],
            }
        ),
    )


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    least = st.integers(0, 4)
    return st.one_of(
        st.builds(lambda part, n: {"type": "array", "items": part, "minItems": n, "maxItems": n + 2}, inner, least),
        st.builds(lambda part, other: {"type": "array", "prefixItems": [part, other], "items": False}, inner, inner),
        st.builds(lambda part, n: {"type": "array", "contains": part, "minContains": n}, inner, least),
        st.just(
            {"items": {"type": "integer"}, "contains": {"const": 7}, "maxContains": 2, "minItems": 4, "type": "array"}
        ),
        st.just(
            {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 9},
                "uniqueItems": True,
                "minItems": 9,
            }
        ),
        st.just({"type": "array", "items": {"enum": [1, "1", True, None, [1]]}, "uniqueItems": True, "minItems": 4}),
    )


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": [*parts, False]}),
        st.builds(
            lambda part: {"oneOf": [{"type": "string"}, {"type": "array", "items": part}, {"type": "integer"}]}, inner
        ),
        st.builds(lambda part: {"allOf": [part, {}, True]}, inner),
        st.just({"allOf": [{"type": ["integer", "string"]}, {"type": "number"}, {"minimum": 3}, {"maximum": 4}]}),
        st.just({"type": "integer", "minimum": 0, "maximum": 40, "oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]}),
        st.just({"not": {"anyOf": [{"type": ["object", "array"]}, {"const": 5}]}}),
    )


DEFINITIONS: Schema = {
    "leaf": {"type": "string", "minLength": 1},
    "a~b/c": {"type": "integer"},
    "tree": {
        "type": "object",
        "properties": {
            "value": {"$ref": "#/$defs/leaf"},
            "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
        },
        "required": ["value", "children"],
    },
    "chain": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/chain"}, {"type": "null"}]}}},
    "sum": {
        "anyOf": [
            {"type": "number"},
            {
                "type": "object",
                "properties": {"left": {"$ref": "#/$defs/sum"}, "right": {"$ref": "#/$defs/sum"}},
                "required": ["left", "right"],
            },
        ]
    },
}
LEAVES = st.one_of(texts(), numbers(), FIXED)
SCHEMAS = st.recursive(
    LEAVES, lambda inner: st.one_of(objects(inner), arrays(inner), combined(inner), inner), max_leaves=8
).map(lambda schema: schema | {"$defs": DEFINITIONS})
