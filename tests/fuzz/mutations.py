"""Mutations: how a request that is right becomes one that may not be; the same by the same chance."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import orjson

from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import decode
from tests.fuzz.seeds import Seed, seeds
from tests.protocol import bodies
from tests.protocol.bodies import HOLE, ODD_VALUES, Mutation, Path, at, filled, place, put

DEEP = 0.25  # of the walks down a body end at each step: else nearly all would end inside the schemas of tools
TYPES = ("text", "image", "document", "thinking", "tool_use", "tool_result", "server_tool_use", "new_block_20991231")
STRANGE = (
    *(
        "",
        " ",
        "\u0000",
        "\ufeff",
        "\u202eevil\u202c",
        "\ud83d\ude00" * 50,
        "a\u0301" * 50,
        "\u2028",
        "'; --",
        "{{ 7 * 7 }}",
    ),
    *("../../etc/passwd", "%s%n", "<script>", "\x1b[31m", "null", "-1", "NaN", "system", "claude-mock/nobody"),
)


def some_path(rng: Random, body: Any) -> Path:
    """The way to a value, found by going down until chance stops."""
    path: Path = ()
    value = body
    while isinstance(value, dict | list) and value and (not path or rng.random() > DEEP):
        step = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        path, value = (*path, step), value[step]
    return path


def objects(rng: Random, body: Any) -> Any:
    """An object somewhere in a body."""
    path = some_path(rng, body)
    found = [value for end in range(len(path) + 1) if isinstance(value := at(body, path[:end]), dict)]
    return found[-1] if found else {}


def delete(rng: Random, body: Any) -> None:
    parent, key = place(body, some_path(rng, body))
    del parent[key]


def retype(rng: Random, body: Any) -> None:
    """The same, as another type of JSON."""
    path = some_path(rng, body)
    value = at(body, path)
    put(body, path, rng.choice((str(value)[:200], [value], {"value": value}, None, True, 0, -1.5, 2**63, [], {})))


def duplicate(rng: Random, body: Any) -> None:
    """An item of a list twice, or many times."""
    path = some_path(rng, body)
    lists = [value for end in range(len(path) + 1) if isinstance(value := at(body, path[:end]), list) and value]
    if lists:
        one = rng.choice(lists)
        one[:] = [*one, *[rng.choice(one)] * rng.choice((1, 1, 2, 25))]


def swap(rng: Random, body: Any) -> None:
    one, other = some_path(rng, body), some_path(rng, body)
    put(body, one, deepcopy(at(body, other)))


def shuffle(rng: Random, body: Any) -> None:
    path = some_path(rng, body)
    lists = [value for end in range(len(path) + 1) if isinstance(value := at(body, path[:end]), list) and value]
    if lists:
        rng.shuffle(rng.choice(lists))


def retag(rng: Random, body: Any) -> None:
    objects(rng, body)["type"] = rng.choice((*TYPES, "", None, 5, ["text"], {}))


def rename(rng: Random, body: Any) -> None:
    one = objects(rng, body)
    if one:
        one[rng.choice(("extra", "", "Type", "cache_control", "\u0000", "content"))] = one.pop(rng.choice(list(one)))


def strange(rng: Random, body: Any) -> None:
    put(body, some_path(rng, body), rng.choice(STRANGE))


def huge(rng: Random, body: Any) -> None:
    """Much of something: text, items, keys, digits."""
    much: tuple[Any, ...] = ("x" * 50_000, ["x"] * 2_000, {str(n): n for n in range(500)}, 10**18, " " * 5_000)
    put(body, some_path(rng, body), rng.choice(much))


def deep(rng: Random, body: Any) -> None:
    value: Any = "x"
    for _ in range(rng.choice((5, 60, 200, 255))):
        value = {"content": [value], "type": "tool_result"} if rng.random() < 0.5 else [value]
    put(body, some_path(rng, body), value)


CHANGES = (
    delete,
    delete,
    retype,
    retype,
    retype,
    duplicate,
    swap,
    swap,
    shuffle,
    retag,
    retag,
    rename,
    strange,
    huge,
    deep,
)


def changed(rng: Random, body: Any) -> bytes:
    """Changed in one place or in a few."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        if isinstance(body, dict) and body:
            rng.choice(CHANGES)(rng, body)
    try:
        return orjson.dumps(body)
    except TypeError:  # too deep for it
        return json.dumps(body).encode()


def odd(rng: Random, body: Any) -> bytes:
    """With a text of JSON in it, or of what is none, that no value of Python has."""
    return filled(put(body, some_path(rng, body), HOLE), rng.choice(ODD_VALUES))


def twice(rng: Random, body: Any) -> bytes:
    """With a key that comes twice."""
    key = rng.choice(list(body))
    again = orjson.dumps({key: rng.choice((None, 5, "x", [], body[key]))})
    return orjson.dumps(body)[:-1] + b"," + again[1:]


# Most are JSON still: that is where the checks are.
MUTATIONS: tuple[Mutation, ...] = (
    *(changed,) * 20,
    *(odd,) * 6,
    *(twice, bodies.truncate, bodies.flip_byte, bodies.insert_bytes, bodies.wrap),
)
HEADERS = (
    {"anthropic-beta": "odd-beta"},
    {"anthropic-version": "1"},
    {"anthropic-version": "2026-10-21"},
    {"content-type": "text/plain"},
    {"content-type": ""},
    {"anthropic-beta": ""},
    {"anthropic-beta": "context-1m-2025-08-07,\u00fc"},
)
OTHER_HEADERS = 0.05


def mutants(seed: int, count: int) -> Iterator[tuple[Seed, bytes]]:
    """As many as asked for, each with the seed that it was made of; its headers may be others."""
    rng = Random(seed)
    kept = [(one, orjson.dumps(one.body)) for one in seeds()]
    for _ in range(count):
        one, raw = rng.choice(kept)
        yield with_headers(rng, one), rng.choice(MUTATIONS)(rng, orjson.loads(raw))


def decoded(seed: int, count: int) -> Iterator[tuple[Any, dict[str, str]]]:
    """The bodies and headers of those that are JSON."""
    for one, raw in mutants(seed, count):
        try:
            yield decode(raw), one.headers
        except ApiError:
            continue


def with_headers(rng: Random, one: Seed) -> Seed:
    if rng.random() >= OTHER_HEADERS:
        return one
    return Seed(one.name, one.body, {**one.headers, **rng.choice(HEADERS)}, one.path)
