"""Mutants: requests of real clients, broken by chance; the same ones for the same seed."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson

from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import decode
from tests.protocol.bodies import MUTATIONS, VALID
from tests.validation.checking import BEFORE

CAPTURES = sorted((Path(__file__).parent.parent / "clients" / "captures").glob("*.json"))
Headers = dict[str, str]


def originals() -> list[tuple[Any, Headers]]:
    """Bodies that are right, with the headers that they come with."""
    captured = [json.loads(path.read_text(encoding="utf-8")) for path in CAPTURES]
    return [
        *((body, {"anthropic-version": BEFORE}) for body in VALID.values()),
        *((one["body"], one["headers"]) for one in captured),
    ]


def mutants(seed: int, count: int) -> Iterator[tuple[bytes, Headers]]:
    rng = Random(seed)
    kept = [(orjson.dumps(body), headers) for body, headers in originals()]
    for _ in range(count):
        body, headers = rng.choice(kept)
        yield rng.choice(MUTATIONS)(rng, orjson.loads(body)), headers


def decoded(seed: int, count: int) -> Iterator[tuple[Any, Headers]]:
    """Those of them that are JSON."""
    for body, headers in mutants(seed, count):
        try:
            yield decode(body), headers
        except ApiError:
            continue
