"""Strict: everything that the API minds, in its order; the first thing found is the one reported."""

from collections.abc import Callable

from mockgw.protocol.errors import ApiError
from mockgw.protocol.rules import Mismatch, Refusal
from mockgw.protocol.wordings import WORDINGS
from mockgw.validation import betas, caching, capabilities, closed, media, offers, pairs, thoughts, turns
from mockgw.validation.subject import Subject


def _check_fields(subject: Subject) -> None:
    closed.request(subject.features)(subject.body)


# Headers, known fields and then unknown keys, the shape of the conversation, features, the model, what it can do. The
# order of the fields was measured (published 2026-08); that inside the later phases is an assumption.
PHASES: tuple[Callable[[Subject], None], ...] = (
    betas.check,
    _check_fields,
    caching.check_texts,
    turns.check,
    pairs.check,
    thoughts.check,
    caching.check,
    offers.check_container,
    offers.check,
    capabilities.check,
    media.check,
)


def check(subject: Subject) -> None:
    """ApiError for the first thing that the API would refuse."""
    try:
        for phase in PHASES:
            phase(subject)
    except Mismatch as mismatch:
        status = WORDINGS[mismatch.code].status if isinstance(mismatch, Refusal) else 400
        raise ApiError(status, str(mismatch), param=".".join(mismatch.param)) from None
