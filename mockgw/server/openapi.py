"""OpenAPI: the control API as a document, made from the table of operations and the classes that they take and give."""

from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from mockgw import __version__
from mockgw.control import forms, questions, reports, shapes
from mockgw.notation import Written
from mockgw.scenario.schema import Generator, named
from mockgw.server.operation import Operation
from mockgw.server.operations import OPERATIONS, PREFIX

JSON = "application/json"
REFERENCE = "#/components/schemas/{model}"
ERRORS = {
    400: "What was sent cannot be used; each problem has the path of its value, or line and column.",
    401: "The token is missing, or another one.",
    403: "The name of the host is not known, or a web page of another origin asks.",
    404: "There is no such thing; the message names those that there are.",
    405: "The path takes other methods.",
    409: "It cannot be done as things are.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    503: "The server stops.",
    504: "It took too long.",
}
EVERYWHERE = (401, 403)
TEXTS = {"events": "text/event-stream", "text": "text/plain"}
WITH_BODY = (413, 415)
JsonSchema = dict[str, Any]


@cache
def document() -> JsonSchema:
    """The whole document (OpenAPI 3.1)."""
    made = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"{PREFIX}/{operation.path}", {})[operation.method.lower()] = made.operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The control API of mockgw", "version": __version__},
        "paths": paths,
        "components": {"schemas": dict(sorted(made.schemas.items())), "securitySchemes": SECURITY},
        "security": [{}, {"bearer": []}, {"header": []}],
    }


SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "Where others than this machine can ask."},
    "header": {"type": "apiKey", "in": "header", "name": "x-mockgw-token"},
}
ERROR: JsonSchema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "kind", "problems"],
            "properties": {
                "message": {"type": "string"},
                "kind": {"type": "string"},
                "problems": {"type": "array", "items": {"$ref": REFERENCE.format(model="Trouble")}},
            },
        }
    },
}


class _Schemas:
    """The schemas that operations refer to."""

    def __init__(self) -> None:
        taken = {part for operation in OPERATIONS for part in _forms(operation)}
        given = {operation.result for operation in OPERATIONS if is_dataclass(operation.result)} | {
            shapes.Trouble,
            reports.Entry,
        }
        self.schemas = {"Error": ERROR, **_of_forms(taken), **_of_shapes(given)}
        self.schemas["Exchanges"]["properties"]["exchanges"]["items"] = _reference(reports.Entry)

    def operation(self, operation: Operation) -> JsonSchema:
        told: JsonSchema = {"operationId": operation.name, "summary": operation.told, "responses": {}}
        told["parameters"] = [*_of_path(operation), *self._of_query(operation)]
        if operation.body:
            schema = self._taken(operation.body)
            told["requestBody"] = {"required": not _may_be_empty(operation), "content": {JSON: {"schema": schema}}}
        if operation.is_open:
            told["security"] = []
        told["responses"] = {str(status): answer for status, answer in self._responses(operation)}
        return told

    def _responses(self, operation: Operation) -> Iterator[tuple[int, JsonSchema]]:
        content = self._content(operation)
        yield operation.status, {"description": "Done." if operation.status == 201 else "As asked.", "content": content}
        if operation.holds:
            yield 406, {"description": "It is not as wanted, or nobody can know.", "content": content}
        error = {"content": {JSON: {"schema": {"$ref": REFERENCE.format(model="Error")}}}}
        more = WITH_BODY if operation.method in ("POST", "PUT") else ()
        for status in sorted({*operation.refusals, *EVERYWHERE, *more}):
            yield status, {"description": ERRORS[status], **error}

    def _content(self, operation: Operation) -> JsonSchema:
        if operation.result in TEXTS:
            return {TEXTS[operation.result]: {"schema": {"type": "string"}}}
        schema: JsonSchema = {"type": "object"} if operation.result is dict else _reference(operation.result)
        lines = {"application/jsonl": {"schema": {"type": "string"}}} if operation.query is questions.Listing else {}
        return {JSON: {"schema": schema}, **lines}

    def _of_query(self, operation: Operation) -> Iterator[JsonSchema]:
        if operation.query is None:
            return
        made = self.schemas[operation.query.__name__]
        for name, schema in made["properties"].items():
            about = {"description": schema.get("description", "")}
            yield {"name": name, "in": "query", "required": False, **about, "schema": schema}

    def _taken(self, body: tuple[Any, ...]) -> JsonSchema:
        """What a body may be: forms, and what the scenario language takes."""
        schemas = [self._part(part) for part in body]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _part(self, part: Any) -> JsonSchema:
        if isinstance(part, str):
            return self._word(part)
        if get_origin(part) is list:
            return {"type": "array", "minItems": 1, "items": self._part(get_args(part)[0])}
        return _reference(part)

    def _word(self, word: str) -> JsonSchema:
        if word == "fault":
            told = "The name of a fault, error:429, delay:2s; or a fault with its options."
            return {"type": ["string", "object", "array"], "description": told}
        if word == "rules":
            rule = {"$ref": REFERENCE.format(model="RuleForm")}
            return _object(
                {"rules": {"type": "array", "minItems": 1, "items": rule}, "defaults": {"type": "object"}}, "rules"
            )
        about = {"yaml": "The same as a text of YAML.", "name": "The name of a loaded scenario."}
        return _object({word: {"type": "string", "description": about[word]}}, word)


def _forms(operation: Operation) -> Iterator[type[Written]]:
    """The classes that people fill in."""
    for part in (*operation.body, *([operation.query] if operation.query else [])):
        if isinstance(part, type) and issubclass(part, Written):
            yield part


def _of_forms(taken: Iterable[type[Written]]) -> dict[str, JsonSchema]:
    models = [(form, "validation") for form in sorted(taken, key=lambda form: form.__name__)]
    for form, _ in models:
        form.model_rebuild()
    made = models_json_schema(models, schema_generator=Generator, ref_template=REFERENCE)[1]["$defs"]  # type: ignore[arg-type]  # a list of pairs
    return named(made, REFERENCE)


def _of_shapes(given: Iterable[Any]) -> dict[str, JsonSchema]:
    found: dict[str, JsonSchema] = {}
    for shape in given:
        made = TypeAdapter(shape).json_schema(schema_generator=_Given, ref_template=REFERENCE, mode="serialization")
        found |= made.pop("$defs", {}) | {shape.__name__: made}
    return found


class _Given(GenerateJsonSchema):
    """Of what is given every key is there."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _reference(named: type) -> JsonSchema:
    return {"$ref": REFERENCE.format(model=named.__name__)}


def _object(properties: JsonSchema, *required: str) -> JsonSchema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _of_path(operation: Operation) -> Iterator[JsonSchema]:
    for name in operation.names:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _may_be_empty(operation: Operation) -> bool:
    """Whether a body that is not there means something: a form without a key that is required."""
    return operation.body[0] in (forms.NewSession, forms.Refill, questions.Verifying, questions.Awaited)
