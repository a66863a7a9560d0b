"""Templates: `{{ … }}` in the strings of a reply, by Jinja2's sandbox. Request text is data, never a template."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from mockgw.errors import ScenarioError
from mockgw.notation import is_template
from mockgw.scenario.document import Document, Path
from mockgw.suggest import did_you_mean

NAMES = (
    "prompt", "model", "step", "turn", "attempt", "session", "tool_result", "cwd", "groups", "request", "fake", "now",
)  # fmt: skip
# Here a string that is one `{{ … }}` keeps the type of its value; everywhere else it becomes text.
KEEPS_TYPE = frozenset({"input", "block", "body", "status", "retry_after", "input_tokens", "output_tokens"})
NO_TEMPLATES = frozenset({"match", "description", "id", "gateway"})

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
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
        fields = {
            name: rendered(getattr(value, name), scope, keep_type=name in KEEPS_TYPE) for name in value.model_fields_set
        }
        return type(value).model_construct(_fields_set=set(fields), **fields)
    return value


def _rendered_text(text: str, scope: Scope, *, keep_type: bool) -> Any:
    template = compiled(text)
    variables = scope.only(template.names)
    try:
        return template.value(variables) if keep_type else template.render(variables)
    except TemplateError as error:
        raise Unrenderable(f"{text!r}: {error}") from None
    except Exception as error:  # a template may do anything that Python can
        raise Unrenderable(f"{text!r}: {type(error).__name__}: {error}") from None


def check(document: Document) -> None:
    """ScenarioError for a template that cannot be read, or that uses a name which does not exist."""
    for path, text in _texts(document.value, ()):
        try:
            unknown = sorted(compiled(text).names - {*NAMES, *_ENVIRONMENT.globals})
        except TemplateSyntaxError as error:
            raise document.error(f"the template cannot be read: {error.message}", path) from None
        if unknown:
            raise _unknown_name(document, path, unknown[0])


def _unknown_name(document: Document, path: Path, name: str) -> ScenarioError:
    hint = did_you_mean(name, NAMES) or f"; there are {', '.join(NAMES)}"
    return document.error(f"unknown name {name!r} in a template{hint}", path)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if is_template(value):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key not in NO_TEMPLATES:
            yield from _texts(part, (*path, key))
