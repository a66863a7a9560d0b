"""Jinja: a template as Jinja2's sandbox reads it, or what is wrong with it; imported when there is one."""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockgw.notation import TEMPLATE_SIGNS
from mockgw.suggest import did_you_mean
from mockgw.values import light

MOST_SIGNS = 2_000  # in one text; it takes half a second to compile them
# What Jinja2 calls them.
SIGNS = {
    "end of print statement": "}}",
    "begin of print statement": "{{",
    "end of statement block": "%}",
    "begin of statement block": "{%",
}
OURS = "templates are Jinja2's: {% if prompt %} … {% else %} … {% endif %}"

MOST_TURNS = 250_000  # of loops in one rendering; a tenth of a second
CALL = 10  # turns that take as long as a call
EACH_TURN = "each turn"  # a filter that nobody can write
LARGEST = 32 * 1024 * 1024  # of what a template multiplies: items; of a power: bits


class _Turns(threading.local):
    """How many are left in the rendering that goes on in this thread."""

    left = MOST_TURNS

    def begin(self) -> None:
        self.left = MOST_TURNS

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise SecurityError(f"its loops and calls take too long: more than {MOST_TURNS:,} turns")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which a small template cannot ask for all the memory or all the time that there is."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.turns = _Turns()
        self.filters[EACH_TURN] = self._counted

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Every loop counts its turns."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, EACH_TURN, [], [], None, None, lineno=loop.lineno)
        return tree

    @pass_context  # or what is constant would be counted only once, when it is compiled
    def _counted(self, context: Any, values: Iterable[Any]) -> list[Any]:
        found = list(values)
        self.turns.take(len(found))
        return found

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.turns.take(CALL)
        return super().call(context, function, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if _size(operator, left, right) > LARGEST:
            raise SecurityError(f"the result of {operator!r} would be too large")
        return super().call_binop(context, operator, left, right)


def _size(operator: str, left: Any, right: Any) -> float:
    """About how large the result is."""
    match left, right:
        case (int(), int()) if operator == "**":
            return left.bit_length() * right
        case (str() | bytes() | list() | tuple(), int()) if operator == "*":
            return len(left) * right
        case (int(), str() | bytes() | list() | tuple()) if operator == "*":
            return left * len(right)
    return 0


_ENVIRONMENT = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=True)
_UNKNOWN_FILTER = re.compile("No filter named '(.*)'")
_UNCLOSED = re.compile("Unexpected end of template.* needs to be closed is '(.*)'")
_OTHER_LANGUAGE = re.compile(r"\{\{\{?\s*([#/^>])")  # Handlebars, Mustache
_EXPRESSION = re.compile(r"\{\{[-+]?(.*?)[-+]?\}\}", re.DOTALL)


@light
class Compiled:
    """A template, the names that it uses, and, if it is a single expression, that expression."""

    names: frozenset[str]
    render: Callable[[Mapping[str, Any]], str]
    value: Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=4096)
def compiled(text: str) -> Compiled:
    tree = _ENVIRONMENT.parse(text)
    template = _ENVIRONMENT.from_string(text)

    def render(scope: Mapping[str, Any]) -> str:
        _ENVIRONMENT.turns.begin()
        return str(template.render(scope))

    return Compiled(frozenset(meta.find_undeclared_variables(tree)), render, _value(text, tree) or render)


def _value(text: str, tree: nodes.Template) -> Callable[[Mapping[str, Any]], Any] | None:
    match tree.body:
        case [nodes.Output(nodes=[single])] if not isinstance(single, nodes.TemplateData):
            found = _EXPRESSION.fullmatch(text.strip())
            if found is not None:
                expression = _ENVIRONMENT.compile_expression(found[1].strip(), undefined_to_none=False)
                return lambda scope: _calculated(expression, scope)
    return None


def _calculated(expression: Callable[[Mapping[str, Any]], Any], scope: Mapping[str, Any]) -> Any:
    _ENVIRONMENT.turns.begin()
    return _defined(expression(scope))


def _defined(value: Any) -> Any:
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and says what is undefined
    return value


def as_json(value: Any) -> Any:
    """The value as JSON has it: dates as text, nothing that no client could read."""
    return orjson.loads(orjson.dumps(value))


def as_text(text: str) -> str:
    text.encode()  # raises for half a surrogate pair, which cannot leave as UTF-8
    return text


def reason(error: Exception) -> str:
    """Why a template could not be rendered."""
    return str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"


def troubles(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a template that can use these names: messages and their codes."""
    try:
        unknown = sorted(_compiled_if_short(text).names - {*names, *_ENVIRONMENT.globals})
    except TemplateSyntaxError as error:
        told = OURS if _OTHER_LANGUAGE.search(text) else _in_signs(error)
        yield f"the template cannot be read: {told}", "bad-template"
    except (RecursionError, SyntaxError, MemoryError):  # of the Python that Jinja2 makes of it
        yield "the template is nested too deeply", "bad-template"
    else:
        yield from ((_unknown_name(name, names), "unknown-name") for name in unknown)


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


def _unknown_name(name: str, names: Collection[str]) -> str:
    hint = f"; {OURS}" if name == "else" else did_you_mean(name, names) or f"; there are {', '.join(names)}"
    return f"unknown name {name!r} in a template{hint}"
