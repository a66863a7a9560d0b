"""Strings: text that fits its length, format and pattern, plausible for its name."""

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mockgw.engine.generate import patterns
from mockgw.engine.generate.formats import texts_of
from mockgw.engine.generate.names import text_of
from mockgw.engine.generate.spots import Maker, Plain
from mockgw.engine.generate.subschemas import Exhausted, Subschema, Unmet
from mockgw.engine.generate.text import seeded
from mockgw.values import light

if TYPE_CHECKING:
    from faker import Faker

LONGEST = 20_000  # characters
DRAWS = 3  # of a name's text, before it is cut


@light
class Text:
    """What a text has to be."""

    plain: Plain
    least: int = 0
    most: int | None = None
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)

    @property
    def schema(self) -> dict[str, Any]:
        length = {"minLength": self.least} | ({} if self.most is None else {"maxLength": self.most})
        asked = [{"pattern": pattern} for pattern in self.patterns] + [{"format": name} for name in self.formats]
        return length | ({"allOf": asked} if asked else {})


def draw(maker: Maker, plain: Plain, name: str) -> str:
    """Text; Unmet if none is found."""
    wanted = _wanted(plain)
    maker.spend(plain.pointer, wanted.least // 10)
    asked = (Subschema(wanted.schema, plain.pointer, made=True),)
    fitting = (text for text in _texts(wanted, name, maker) if _long_enough(text, wanted))
    found = next((text for text in fitting if maker.validators.fits(text, asked)), None)
    if found is None:
        raise Unmet(plain.pointer, f"asks for text with {_listed(wanted)}: none was found")
    return found


def _wanted(plain: Plain) -> Text:
    least, most = plain.least("minLength"), plain.most("maxLength", None)
    if least > LONGEST:
        raise Exhausted(plain.pointer, f"asks for at least {least} characters; at most {LONGEST} are made")
    if most is not None and most < least:
        raise Unmet(plain.pointer, f"asks for text of {least} to {most} characters: there is none")
    found = [list(dict.fromkeys(fact.get(keyword) for fact in plain.all(keyword))) for keyword in ("pattern", "format")]
    return Text(plain, least, most, *found)


def _listed(wanted: Text) -> str:
    length = [f"at least {wanted.least} characters"] if wanted.least else []
    length += [] if wanted.most is None else [f"at most {wanted.most} characters"]
    asked = [f"the pattern {pattern[:80]!r}" for pattern in wanted.patterns]
    asked += [f"the format {name!r}" for name in wanted.formats]
    return " and ".join(asked + length)


def _long_enough(text: str, wanted: Text) -> bool:
    return len(text) >= wanted.least and (wanted.most is None or len(text) <= wanted.most)


def _texts(wanted: Text, name: str, maker: Maker) -> Iterator[str]:
    """What to try, the most plausible first."""
    fake = seeded(maker.rng)
    formatted = [text for name in wanted.formats for text in texts_of(name, fake)]
    yield from formatted
    if not formatted:
        yield from _named(wanted, name, fake)
    for pattern in wanted.patterns:
        yield from _matching(wanted, pattern, maker)
    yield from _filled(wanted, formatted)


def _named(wanted: Text, name: str, fake: "Faker") -> Iterator[str]:
    """Text of this name, then as much of it as there is room for."""
    make = text_of(name) or (lambda fake: fake.sentence())
    for _ in range(DRAWS):
        text = make(fake)
        yield text
    yield _cut(_lengthened(text, wanted.least, fake), wanted.most)


def _lengthened(text: str, least: int, fake: "Faker") -> str:
    parts, length = [text], len(text)
    while length < least:
        parts.append(fake.sentence())
        length += 1 + len(parts[-1])
    return " ".join(parts)


def _cut(text: str, most: int | None) -> str:
    """Whole words, as many as fit; a part of the first if not even that does."""
    if most is None or len(text) <= most:
        return text
    whole = text[: most + 1].rpartition(" ")[0]
    return whole.rstrip(" ,.") or text[:most]


def _matching(wanted: Text, pattern: str, maker: Maker) -> Iterator[str]:
    try:
        for text in patterns.texts(pattern, maker.rng, least=wanted.least, most=wanted.most):
            maker.spend(wanted.plain.pointer)
            yield text
            yield from patterns.padded(text, wanted.least)
    except Unmet as unmet:
        raise Unmet(wanted.plain.all("pattern")[0].pointer, unmet.reason) from None


def _filled(wanted: Text, formatted: list[str]) -> Iterator[str]:
    """The last resort: letters, or what a format makes with letters behind it or before it."""
    for text in (*formatted, ""):
        yield from patterns.padded(text, wanted.least) or [text]
