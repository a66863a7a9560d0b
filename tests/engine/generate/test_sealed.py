"""The faker of templates: it makes up what Faker does, and no template can change it or look behind it."""

from random import Random
from typing import Any

import pytest
from faker import Faker

from mockgw.engine.generate import seeded
from mockgw.engine.generate.sealed import faker
from tests.support import body, pipeline, text

ATTACKS = [
    "{{ fake.get_formatter('__class__') }}",
    "{{ fake.format('__init__') }}",
    "{{ fake.get_formatter('__getattribute__')('__dict__') }}",
    "{{ fake.add_provider('os') }}",
    "{{ fake.set_formatter('name', fake.city) }}",
    "{{ fake.set_arguments('a', 'b', 1) }}",
    "{{ fake.del_arguments('a') }}",
    "{{ fake.unique.add_provider('os') }}",
    "{{ fake.factories[0].add_provider('os') }}",
    "{{ fake.factories[0].get_formatter('__init__') }}",
    "{{ fake.get_providers()[0].generator.get_formatter('seal') }}",
    "{{ fake.json(data_columns=[('a', 'add_provider', {'provider': 'os'})]) }}",
    "{{ fake.json(data_columns=[('a', 'set_formatter', {'name': 'name', 'formatter': fake.city})]) }}",
    "{{ fake.pystr_format('{' ~ '{__init__}' ~ '}') }}",
    "{{ fake.parse('{' ~ '{get_providers}' ~ '}') }}",
    "{{ fake.get_providers().clear() }}",
]


def test_it_makes_up_what_faker_does() -> None:
    sealed, usual = faker(), Faker()
    for one in (sealed, usual):
        one.seed_instance(7)
    for name in ("name", "address", "email", "word", "url", "text", "job"):
        assert getattr(sealed, name)() == getattr(usual, name)()
    assert sealed.pystr_format("{{name}} ##") == usual.pystr_format("{{name}} ##")
    columns: Any = {"a": "name", "b": "@text"}
    assert sealed.json(data_columns=columns, num_rows=1) == usual.json(data_columns=columns, num_rows=1)


@pytest.mark.parametrize("template", ATTACKS)
def test_no_template_changes_it_or_looks_behind_it(template: str) -> None:
    before = seeded(Random(0)).name()
    said = text(pipeline(f"reply: {template!r}" if '"' in template else f'reply: "{template}"'), body("Hello"))
    assert "cannot be rendered" in said
    assert seeded(Random(0)).name() == before
