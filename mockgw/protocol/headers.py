"""Headers: what a request carries and what every answer carries."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mockgw.chance import Chance
from mockgw.notation import TEMPLATE_SCHEMA, Text, is_template
from mockgw.protocol.errors import ApiError
from mockgw.wording import alternatives

Headers = Mapping[str, str]

JSON = "application/json"
HTML = "text/html; charset=utf-8"
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
OURS = "x-mockgw-"
OWN = ("scenario", "session", "fault")
FRAMING = frozenset({"content-length", "transfer-encoding"})
SSE = "text/event-stream; charset=utf-8"  # recordings of the live API


def read(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; several of one name are joined by a comma, as HTTP has it."""
    headers: dict[str, str] = {}
    for key, value in raw:
        name = key.decode("latin-1").lower()
        try:
            text = value.decode()  # as curl sends what is typed
        except UnicodeDecodeError:
            text = value.decode("latin-1")  # which is what HTTP says and takes any byte
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def refusal(unknown: str) -> ApiError:
    """The 400 for a header that was meant for us, and that nobody would obey."""
    expected = alternatives([OURS + own for own in OWN])
    return ApiError(400, f"unknown header {unknown!r}; expected {expected}", kind="unknown_header", should_retry=False)


def check_name(name: str) -> str:
    """The name of a header that a script may set, or ValueError."""
    if name.lower() in FRAMING:
        raise ValueError(f"the header {name!r} says where the body ends, and that is mockgw's part")
    if not NAME.fullmatch(name) and not is_template(name):
        raise ValueError(f"{name!r} is no name of a header: letters, digits and hyphens")
    return name


def _in_any_case(names: Iterable[str]) -> str:
    return "|".join("".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in name) for name in sorted(names))


HeaderName = Annotated[
    Text,
    AfterValidator(check_name),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"pattern": f"^{NAME.pattern}$"}, TEMPLATE_SCHEMA],
            "not": {"pattern": f"^({_in_any_case(FRAMING)})$"},
        }
    ),
]


def carried(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as HTTP can carry them: a value may be in any script, a name may not."""
    for name in headers:
        try:
            check_name(name)
        except ValueError as problem:
            raise ApiError(400, str(problem), kind="header", should_retry=False) from None
    return {name: _carried_value(value) for name, value in headers.items()}


def _carried_value(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    return "".join(char if " " <= char <= "~" else char.encode("unicode_escape").decode() for char in value)


def betas(headers: Headers) -> tuple[str, ...]:
    """The flags of `anthropic-beta`."""
    return tuple(flag for part in headers.get("anthropic-beta", "").split(",") if (flag := part.strip()))


@lru_cache(1024)
def of_answer(scenario: str, rule: str) -> Mapping[str, str]:
    """The headers that say which rule answers."""
    return carried({"x-mockgw-scenario": scenario, "x-mockgw-rule": rule})


def new_request_id(chance: Chance) -> str:
    """`req_011C…`, 24 characters after the prefix, as the live API's."""
    return "req_011C" + chance.letters[:20]


def of_stream(request_id: str) -> dict[str, str]:
    # x-accel-buffering keeps proxies between us and the client from holding the stream back.
    return {"content-type": SSE, "cache-control": "no-cache", "x-accel-buffering": "no", "request-id": request_id}


def of_json(request_id: str) -> dict[str, str]:
    return {"content-type": JSON, "request-id": request_id}


def _media_type(body: object) -> str:
    """What a scripted body looks like; everything else is JSON."""
    if not isinstance(body, str) or body.lstrip().startswith(("{", "[")):
        return JSON
    return HTML if body.lstrip().startswith("<") else "text/plain; charset=utf-8"


def of_error(error: ApiError, request_id: str) -> dict[str, str]:
    """An error's own headers win over the usual ones."""
    usual = of_json(request_id) | {"content-type": _media_type(error.body)}
    usual["x-should-retry"] = str(bool(error.should_retry)).lower()
    if error.kind:
        usual["x-mockgw-error"] = error.kind
    return usual | {name.lower(): value for name, value in error.headers.items()}
