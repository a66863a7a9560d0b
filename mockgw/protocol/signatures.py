"""Signatures: those of thinking blocks, known again when they come back, and what only the API can read."""

import base64
import binascii
from typing import Literal

from mockgw.chance import Chance

# What the live API's signatures begin with, decoded (recordings).
HEAD = bytes.fromhex("12a4010a02180212")
SEALED = bytes.fromhex("12af02")  # what the contents of search results begin with, likewise
HALF = 32  # bytes: the first half belongs to the text, the second to the first

Verdict = Literal["right", "changed", "invented"]


def sign(thinking: str, seed: int) -> str:
    """The signature of a thinking block: it belongs to this text and this run's seed."""
    of_text = _of_text(thinking, seed)
    return base64.b64encode(HEAD + of_text + _seal(of_text, seed)).decode()


def verdict(signature: str, thinking: str, seed: int) -> Verdict:
    """Whether a block is as it was made, has another text now, or was not made with this seed.

    A block without its text is as it was made: that is what `display: omitted` asks for.
    """
    try:
        made = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return "invented"
    of_text = made[len(HEAD) : -HALF]
    if made != HEAD + of_text + _seal(of_text, seed):
        return "invented"
    return "right" if not thinking or of_text == _of_text(thinking, seed) else "changed"


def sealed(text: str, seed: int) -> str:
    """What stands for a text that only the API can read: the same for the same text and run's seed."""
    return base64.b64encode(SEALED + Chance(seed, "sealed").bytes(text, length=2 * HALF)).decode()


def _of_text(thinking: str, seed: int) -> bytes:
    return Chance(seed, "signature").bytes(thinking, length=HALF)


def _seal(of_text: bytes, seed: int) -> bytes:
    return Chance(seed, "seal").bytes(of_text.hex(), length=HALF)
