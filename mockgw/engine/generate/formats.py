"""Formats: text of each `format` that JSON Schema knows."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mockgw.engine.generate.text import clock, day, moment, web_address

if TYPE_CHECKING:
    from faker import Faker


def texts_of(format: str, fake: "Faker") -> list[str]:
    """What to try, the best first; empty for a format that is not known."""
    return [FORMATS[format](fake), *SHORT.get(format, ())] if format in FORMATS else []


FORMATS: Mapping[str, Callable[["Faker"], str]] = {
    "date-time": moment,
    "date": day,
    "time": lambda fake: clock(fake) + "Z",
    "duration": lambda fake: f"PT{fake.random_int(1, 59)}M",
    "email": lambda fake: fake.safe_email(),
    "idn-email": lambda fake: fake.safe_email(),
    "hostname": lambda fake: f"{fake.word().lower()}.example.com",
    "idn-hostname": lambda fake: f"{fake.word().lower()}.example.com",
    "ipv4": lambda fake: f"192.0.2.{fake.random_int(1, 254)}",
    "ipv6": lambda fake: f"2001:db8::{fake.random_int(1, 65535):x}",
    "uri": web_address,
    "iri": web_address,
    "url": web_address,
    "uri-reference": lambda fake: f"/{fake.uri_path()}",
    "iri-reference": lambda fake: f"/{fake.uri_path()}",
    "uri-template": lambda fake: f"/{fake.uri_path()}/{{id}}",
    "uuid": lambda fake: fake.uuid4(),
    "json-pointer": lambda fake: f"/{fake.word().lower()}/{fake.random_int(0, 9)}",
    "relative-json-pointer": lambda fake: f"{fake.random_int(0, 3)}/{fake.word().lower()}",
    "regex": lambda fake: f"^{fake.word().lower()}$",
    "color": lambda fake: fake.hex_color(),
    "password": lambda fake: fake.password(),
    "phone": lambda fake: fake.basic_phone_number(),
    "byte": lambda fake: "aGVsbG8=",
}

# For bounds that leave little room.
SHORT: Mapping[str, tuple[str, ...]] = {
    "email": ("a@b.co",),
    "hostname": ("a.co", "a"),
    "uri": ("http://a", "a:b"),
    "uri-reference": ("/a", "a", ""),
    "iri": ("a:b",),
    "iri-reference": ("a", ""),
    "uri-template": ("/a", ""),
    "duration": ("P1D",),
    "ipv4": ("1.1.1.1",),
    "ipv6": ("::1", "::"),
    "json-pointer": ("/a", ""),
    "relative-json-pointer": ("0",),
    "regex": ("a", ""),
    "date-time": ("2026-01-01T00:00:00.000000Z",),
    "time": ("00:00:00.000000Z",),
}
