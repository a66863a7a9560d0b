"""Chance: every draw of a run comes from its seed and from what is drawn for, never from the order of arrival."""

from hashlib import blake2b
from random import Random

from xxhash import xxh3_128_hexdigest

from mockgw.values import found

ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58, as in the real API's ids
BASE58 = bytes(ALPHABET[byte % len(ALPHABET)] for byte in range(256))


def digest(*parts: object) -> str:
    """Letters that stand for these values."""
    return summed("\x1f".join(map(str, parts)).encode())


def summed(data: bytes) -> str:
    """Letters that stand for these bytes.

    xxh3, because bodies are large: 142 kB take it 3 µs, sha1 84 and blake2b 172. Nobody has to be kept from finding
    two requests that look the same.
    """
    return xxh3_128_hexdigest(data)


class Chance:
    """The draws that belong to one try of one request: a stream of its own for each purpose."""

    def __init__(self, seed: int, *subject: object) -> None:
        self._key = digest(seed, *subject).encode()

    @found
    def letters(self) -> str:
        """Those of the ids that every answer has, drawn at once: 64, as `token` has them."""
        return _spelled(_drawn(self._key, b"letters", 64))

    def token(self, *purpose: object, length: int) -> str:
        """Letters and digits as they stand in the real API's ids (at most 64)."""
        return _spelled(self.bytes(*purpose, length=length))

    def bytes(self, *purpose: object, length: int) -> bytes:
        """Bytes that look like chance (at most 64)."""
        return _drawn(self._key, "\x1f".join(map(str, purpose)).encode(), length)

    def rng(self, *purpose: object) -> Random:
        """A generator for one purpose: asking twice gives the same draws."""
        return Random(self.bytes(*purpose, length=16))


def _drawn(key: bytes, purpose: bytes, length: int) -> bytes:
    return blake2b(purpose, key=key, digest_size=length).digest()


def _spelled(data: bytes) -> str:
    return data.translate(BASE58).decode("ascii")
