from random import Random

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from mockgw.engine.generate.formats import FORMATS, SHORT, texts_of
from mockgw.engine.generate.text import seeded


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("seed", range(5))
def test_every_text_is_of_its_format(name: str, seed: int) -> None:
    schema = {"format": name}
    texts = texts_of(name, seeded(Random(seed)))

    assert all(jsonschema_rs.is_valid(schema, text, validate_formats=True) for text in texts)
    assert all(
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(text)
        for text in texts
    )


def test_the_short_ones_come_last() -> None:
    assert texts_of("ipv4", seeded(Random(1)))[1:] == list(SHORT["ipv4"])


def test_an_unknown_format_has_no_text() -> None:
    assert texts_of("mine", seeded(Random(1))) == []
