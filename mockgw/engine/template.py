"""Templates: `{{ … }}` in the strings of a reply, by Jinja2's sandbox. Request text is data, never a template."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ValidationError

from mockgw.errors import Problem
from mockgw.notation import TEMPLATE_SIGNS, is_template
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario.document import Document, Path
from mockgw.scenario.replies import UsageForm
from mockgw.scenario.written import written
from mockgw.suggest import did_you_mean

NAMES = (
    "prompt", "model", "step", "turn", "attempt", "session", "tool_result", "cwd", "groups", "request", "fake", "now",
)  # fmt: skip
# Here a string that is one `{{ … }}` keeps the type of its value, as JSON has it; everywhere else it becomes text.
KEEPS_TYPE = frozenset({"input", "block", "body"})
# Here it is read as a number.
NUMBERS = frozenset({"status", "retry_after", *UsageForm.model_fields})
MOST_SIGNS = 2_000  # in one text; it takes half a second to compile them
# What Jinja2 calls them.
SIGNS = {
    "end of print statement": "}}",
    "begin of print statement": "{{",
    "end of statement block": "%}",
    "begin of statement block": "{%",
}
OURS = "templates are Jinja2's: {% if prompt %} … {% else %} … {% endif %}"
NOT_RENDERED = frozenset({"description", "gateway", "version", "$schema"})
NOT_RENDERED_IN_RULES = frozenset({"id", "match"})

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
_UNKNOWN_FILTER = re.compile("No filter named '(.*)'")
_UNCLOSED = re.compile("Unexpected end of template.* needs to be closed is '(.*)'")
_OTHER_LANGUAGE = re.compile(r"\{\{\{?\s*([#/^>])")  # Handlebars, Mustache
_EXPRESSION = re.compile(r"\{\{[-+]?(.*?)[-+]?\}\}", re.DOTALL)


class Unrenderable(Exception):
    """A template that cannot be rendered for this request; the message says why."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template, the names that it uses, and, if it is a single expression, that expression."""

    names: frozenset[str]
    render: Callable[[Mapping[str, Any]], str]
    value: Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=4096)
def compiled(text: str) -> Compiled:
    tree = _ENVIRONMENT.parse(text)
    template = _ENVIRONMENT.from_string(text)
    render: Callable[[Mapping[str, Any]], str] = template.render
    return Compiled(frozenset(meta.find_undeclared_variables(tree)), render, _value(text, tree) or render)


def _value(text: str, tree: nodes.Template) -> Callable[[Mapping[str, Any]], Any] | None:
    match tree.body:
        case [nodes.Output(nodes=[single])] if not isinstance(single, nodes.TemplateData):
            found = _EXPRESSION.fullmatch(text.strip())
            if found is not None:
                expression = _ENVIRONMENT.compile_expression(found[1].strip(), undefined_to_none=False)
                return lambda scope: _defined(expression(scope))
    return None


def _defined(value: Any) -> Any:
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and says what is undefined
    return value


class Scope(dict[str, Any]):
    """The variables of one answer, each made when a template first asks for it."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__()
        self._makers = makers

    def only(self, names: frozenset[str]) -> dict[str, Any]:
        for name in names - self.keys():
            if name in self._makers:
                self[name] = self._makers[name]()
        return self


def rendered(value: Any, scope: Scope, *, keep_type: bool = False) -> Any:
    """The value with every template in it rendered."""
    if isinstance(value, str):
        return _rendered_text(value, scope, keep_type=keep_type) if is_template(value) else value
    if isinstance(value, dict):
        return {rendered(key, scope): rendered(part, scope, keep_type=keep_type) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(rendered(part, scope, keep_type=keep_type) for part in value)
    if isinstance(value, BaseModel):
        fields = {name: _rendered_field(name, getattr(value, name), scope) for name in value.model_fields_set}
        if isinstance(value, ScriptedError | UsageForm):
            return _checked(type(value), fields)
        return type(value).model_construct(_fields_set=set(fields), **fields)
    return value


def _rendered_field(name: str, value: Any, scope: Scope) -> Any:
    if name in NUMBERS:
        return _number(rendered(value, scope, keep_type=True))
    deltas = name == "input" and isinstance(value, list)  # pieces of JSON, each of them text
    return rendered(value, scope, keep_type=name in KEEPS_TYPE and not deltas)


def _number(value: Any) -> Any:
    """The number that a text spells; anything else as it is, for the check that follows."""
    try:
        return written(value.strip()) if isinstance(value, str) else value
    except OverflowError:
        return value


def _checked(kind: type[BaseModel], fields: dict[str, Any]) -> BaseModel:
    """What the loader could not check before it was rendered."""
    for name in (name for name in (*NUMBERS, "type") if is_template(fields.get(name))):
        raise Unrenderable(f"{name!r} cannot be {fields[name]!r}")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        details = error.errors()[0]
        place = "".join(f"{name!r}: " for name in details["loc"])
        raise Unrenderable(place + str(details.get("ctx", {}).get("error", details["msg"]))) from None


def _rendered_text(text: str, scope: Scope, *, keep_type: bool) -> Any:
    template = compiled(text)
    variables = scope.only(template.names)
    try:
        return _as_json(template.value(variables)) if keep_type else _as_text(template.render(variables))
    except TemplateError as error:
        raise Unrenderable(f"the template {text!r} cannot be rendered: {error}") from None
    except Exception as error:  # a template may do anything that Python can
        raise Unrenderable(f"the template {text!r} cannot be rendered: {type(error).__name__}: {error}") from None


def _as_json(value: Any) -> Any:
    """The value as JSON has it: dates as text, nothing that no client could read."""
    return orjson.loads(orjson.dumps(value))


def _as_text(text: str) -> str:
    text.encode()  # raises for half a surrogate pair, which cannot leave as UTF-8
    return text


def problems(document: Document) -> Iterator[Problem]:
    """Templates that cannot be read, and names in them that do not exist."""
    for path, text in texts(document):
        try:
            unknown = sorted(_compiled_if_short(text).names - {*NAMES, *_ENVIRONMENT.globals})
        except TemplateSyntaxError as error:
            told = OURS if _OTHER_LANGUAGE.search(text) else _in_signs(error)
            yield document.problem(f"the template cannot be read: {told}", path, "bad-template")
        except (RecursionError, SyntaxError, MemoryError):  # of the Python that Jinja2 makes of it
            yield document.problem("the template is nested too deeply", path, "bad-template")
        else:
            yield from (document.problem(_unknown_name(name), path, "unknown-name") for name in unknown)


def _compiled_if_short(text: str) -> Compiled:
    if sum(map(text.count, TEMPLATE_SIGNS)) > MOST_SIGNS:
        raise TemplateSyntaxError(f"it has more than {MOST_SIGNS:,} times '{{{{' or '{{%'", 1)
    return compiled(text)


def _in_signs(error: TemplateSyntaxError) -> str:
    """What Jinja2 says, in the signs that people write."""
    message = error.message or ""
    for words, sign in SIGNS.items():
        message = message.replace(f"'{words}'", f"'{sign}'")
    if named := _UNKNOWN_FILTER.match(message):
        return f"there is no filter {named[1]!r}{did_you_mean(named[1], _ENVIRONMENT.filters)}"
    if unclosed := _UNCLOSED.match(message):
        return f"'{{% {unclosed[1]} … %}}' is never closed; write {{% end{unclosed[1]} %}} behind it"
    return message.rstrip(".")


def _unknown_name(name: str) -> str:
    hint = f"; {OURS}" if name == "else" else did_you_mean(name, NAMES) or f"; there are {', '.join(NAMES)}"
    return f"unknown name {name!r} in a template{hint}"


def texts(document: Document) -> Iterator[tuple[Path, str]]:
    """Every template of a file, where it has a meaning."""
    yield from _texts(document.value, ())


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if is_template(value):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        inner = (*path, key)
        if not _is_never_rendered(inner):
            if isinstance(key, str) and is_template(key):
                yield inner, key
            yield from _texts(part, inner)


def _is_never_rendered(path: Path) -> bool:
    match path:
        case (str(key),):
            return key in NOT_RENDERED or key.startswith("x-")
        case ("rules", int(), str(key)):
            return key in NOT_RENDERED_IN_RULES
        case ("chaos", int(), "match"):
            return True
    return False
