"""Templates: `{{ … }}` in the strings of a reply. Request text is data, never a template."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from mockgw.errors import Problem
from mockgw.notation import is_template
from mockgw.protocol.scripted import ScriptedError
from mockgw.scenario.document import Document, Path
from mockgw.scenario.options import COUNTED, UsageForm
from mockgw.scenario.written import written

NAMES = (
    "prompt", "model", "step", "turn", "attempt", "session", "tool_result", "attachments", "cwd", "groups", "request",
    "fake", "now",
)  # fmt: skip
# Here a string that is one `{{ … }}` keeps the type of its value, as JSON has it; everywhere else it becomes text.
KEEPS_TYPE = frozenset({"input", "block", "body"})
# Here it is read as a number.
NUMBERS = frozenset({"status", "retry_after", *COUNTED})
NOT_RENDERED = frozenset({"description", "gateway", "version", "$schema"})
NOT_RENDERED_IN_RULES = frozenset({"id", "match"})


class Unrenderable(Exception):
    """A template that cannot be rendered for this request; the message says why."""


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
    from mockgw.engine import jinja  # slow to import, and most scenarios have no template

    template = jinja.compiled(text)
    variables = scope.only(template.names)
    try:
        return jinja.as_json(template.value(variables)) if keep_type else jinja.as_text(template.render(variables))
    except Exception as error:  # a template may do anything that Python can
        raise Unrenderable(f"the template {text!r} cannot be rendered: {jinja.reason(error)}") from None


def problems(document: Document) -> Iterator[Problem]:
    """Templates that cannot be read, and names in them that do not exist."""
    for path, text in texts(document):
        from mockgw.engine import jinja  # as above

        yield from (document.problem(message, path, code) for message, code in jinja.troubles(text, NAMES))


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
