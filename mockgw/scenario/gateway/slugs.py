"""Slugs: what providers are called."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mockgw.notation import JsonSchema, Text

SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*"


def check_slug(name: str) -> str:
    """The name of a provider, or ValueError."""
    if not re.fullmatch(SLUG, name):
        raise ValueError(f"expected the name of a provider such as bedrock or google-vertex/us-east5, found {name!r}")
    return name


# In a list of one: pydantic would make properties of the pattern that are not the only ones.
SLUG_SCHEMA: JsonSchema = {"type": "string", "anyOf": [{"pattern": f"^{SLUG}$"}]}
Slug = Annotated[Text, AfterValidator(check_slug), WithJsonSchema(SLUG_SCHEMA)]
