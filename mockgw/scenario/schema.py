"""Schema: a scenario as JSON Schema, for editors, made from the classes that load it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mockgw.later import Elsewhere
from mockgw.notation import Boolean, Integer, Text, Written
from mockgw.scenario.attached import Kind
from mockgw.scenario.conditions import Condition
from mockgw.scenario.model import ScenarioForm
from mockgw.scenario.patterns import Agent, Json, Model

REFERENCE = "#/$defs/{model}"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The conditions on values of one kind, which have no names of their own.
NAMES = {
    Condition[Text].__name__: "TextCondition",
    Condition[Integer].__name__: "CountCondition",
    Condition[Boolean].__name__: "BooleanCondition",
    Condition[Json].__name__: "JsonCondition",
    Condition[Model].__name__: "ModelCondition",
    Condition[Agent].__name__: "AgentCondition",
    Condition[Kind].__name__: "KindCondition",
}


def schema() -> dict[str, Any]:
    """What the loader accepts, and what no schema can refuse (tests/scenario/test_schema.py lists it)."""
    made = ScenarioForm.model_json_schema(schema_generator=Generator)
    definitions = {"": made, **made.pop("$defs")}
    whole = named(definitions, REFERENCE)
    top: dict[str, Any] = whole.pop(made["title"])
    return {"$schema": DIALECT} | top | {"$defs": whole}


def named(definitions: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Schemas by the names of their classes, in alphabetical order; `reference` is how they refer to each other."""
    names = {key: NAMES.get(definition["title"], definition["title"]) for key, definition in definitions.items()}
    titled = {names[key]: definition | {"title": _title(names[key])} for key, definition in definitions.items()}
    references = {reference.format(model=key): reference.format(model=name) for key, name in names.items()}
    return {name: _with_names(definition, references) for name, definition in sorted(titled.items())}


def text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _title(name: str) -> str:
    """`Text condition` of `TextCondition`, `Rule` of `RuleForm`: editors show it above what they explain."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Form")).capitalize()


def _with_names(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_names(part, references) for part in value]
    if not isinstance(value, dict):
        return value
    return {key: references[part] if key == "$ref" else _with_names(part, references) for key, part in value.items()}


def _reference(schema: core_schema.CoreSchema) -> str:
    """What a class is called by pydantic; one that holds itself is a reference already."""
    named: Any = schema["schema"] if schema["type"] == "definitions" else schema
    reference: str = named["schema_ref"] if named["type"] == "definition-ref" else named["ref"]
    return reference


class Generator(GenerateJsonSchema):
    """Without what helps nobody who writes a file: titles of keys, defaults of nothing, nulls, which are refused."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._met: set[type[Written]] = set()

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if not isinstance(made.get("default"), bool | int | float):
            made.pop("default", None)
        return made

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        """What is built `Later`: in full where it is met first."""
        owner: Any = schema["function"]["function"].__self__  # type: ignore[union-attr]  # its model_validate
        model: Any = owner.model() if isinstance(owner, Elsewhere) else owner
        model.model_rebuild()
        whole = model.__pydantic_core_schema__
        if model in self._met:
            return self.definition_ref_schema(core_schema.definition_reference_schema(_reference(whole)))
        self._met.add(model)
        return self.generate_inner(whole)

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        made = super().tagged_union_schema(schema)
        made.pop("discriminator")
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value
