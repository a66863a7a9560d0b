"""Making: a value by its schema, past what turns refusals into answers."""

from random import Random
from typing import Any

from mockgw.engine.generate.document import Document
from mockgw.engine.generate.search import Search
from mockgw.engine.generate.spots import Spot


def made(schema: Any, *, seed: int = 1, spot: Spot | None = None) -> Any:
    document = Document(schema)
    return Search(document, Random(seed)).make((document.root,), spot or Spot())


def all_made(schema: Any, *, spot: Spot | None = None) -> list[Any]:
    return [made(schema, seed=seed, spot=spot) for seed in range(20)]
