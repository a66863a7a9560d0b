"""Generate: content made up from the seed, by faker. What that takes is imported when something is made up."""

from random import Random
from typing import Any

from mockgw.engine.generate.misfits import misfit
from mockgw.engine.generate.text import seeded, sentences, words
from mockgw.protocol.errors import ApiError

__all__ = ["misfit", "refused", "seeded", "sentences", "value", "words"]


def value(schema: Any, rng: Random, *, of: str = "the schema") -> Any:
    """A value that is valid for a JSON Schema. ApiError where there is none; `of` names the schema in its message."""
    from mockgw.engine.generate.subschemas import Refusal

    try:
        return _valid(schema, rng)
    except Refusal as refusal:
        raise refused(f"{of} at {refusal}") from None
    except RecursionError:
        raise refused(f"{of} at its top is nested too deeply") from None


def refused(reason: str) -> ApiError:
    """Nothing can be generated; the client is told why and not to try again."""
    return ApiError(400, f"cannot generate an answer: {reason}", kind="generate", should_retry=False)


def _valid(schema: Any, rng: Random) -> Any:
    from mockgw.engine.generate.document import Document
    from mockgw.engine.generate.search import Search
    from mockgw.engine.generate.spots import Spot

    document = Document(schema)
    search = Search(document, rng)
    made = search.make((document.root,), Spot())
    search.validators.confirm(made)
    return made
