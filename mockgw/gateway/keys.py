"""Keys: who asks. Any key that is not empty is good, unless there is a table of keys (`standing.py`)."""

from collections.abc import Callable, Mapping, Sequence

from mockgw.delivery.actions import Action, Chunk
from mockgw.protocol.dialects import Dialect
from mockgw.protocol.errors import ApiError
from mockgw.values import light

BEARER = ("authorization",)
SHORTEST_SECRET = 8  # below that it is a word such as "mock", which a text may hold by itself


@light
class Account:
    """Who asks."""

    key: str


def authenticate(headers: Mapping[str, str], dialect: Dialect, *, bearer_only: bool = False) -> Account:
    """The account that a request's credentials name, or a 401. Of two different keys the dialect says which counts."""
    for name in BEARER if bearer_only else dialect.credentials:
        if (sent := headers.get(name)) and (key := READERS[name](sent)):
            return Account(key)
    raise ApiError(401, _refusal(headers, dialect, bearer_only=bearer_only))


def masked(key: str) -> str:
    """A key that can be shown: its ends, if it is long enough to have a middle."""
    return f"{key[:4]}…{key[-2:]}" if len(key) > 12 else "…"


def scrubbed(text: str, headers: Mapping[str, str]) -> str:
    """A text that can be shown: it may quote the request that it is about, but not its keys."""
    for name, read in READERS.items():
        key = read(headers.get(name, ""))
        if len(key) >= SHORTEST_SECRET:
            text = text.replace(key, masked(key))
    return text


def without_keys(actions: Sequence[Action], headers: Mapping[str, str]) -> list[Action]:
    """An answer that can be shown: an error may quote the request that it is about."""
    return [_without_keys(action, headers) if isinstance(action, Chunk) else action for action in actions]


def _without_keys(chunk: Chunk, headers: Mapping[str, str]) -> Chunk:
    return Chunk(scrubbed(chunk.data.decode(errors="replace"), headers).encode(errors="replace"), chunk.event)


def _bearer(value: str) -> str:
    scheme, _, token = value.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refusal(headers: Mapping[str, str], dialect: Dialect, *, bearer_only: bool) -> str:
    scheme = headers.get("authorization", "").strip().partition(" ")[0]
    if scheme and scheme.lower() != "bearer":
        return "Authorization: expected 'Bearer <key>', found another scheme or a bare key"
    if bearer_only:
        found = ", found x-api-key" if headers.get("x-api-key", "").strip() else ""
        return f"Missing Authentication header: expected 'Authorization: Bearer <key>'{found}"
    return dialect.missing_key


READERS: Mapping[str, Callable[[str], str]] = {"authorization": _bearer, "x-api-key": str.strip}
