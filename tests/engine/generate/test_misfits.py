from typing import Any

import pytest

from mockgw.engine.generate.misfits import misfit


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"patternProperties": {"^x": {"type": "integer"}}}, '"x" is not of type "integer"'),
        ({"type": ["string", "object"]}, ""),
        ({"type": "text"}, ""),
        ({"$ref": "https://example.com/schema"}, ""),
    ],
    ids=["refused", "allowed", "no-schema", "elsewhere"],
)
def test_a_schema_tells_why_it_does_not_allow_a_value(schema: dict[str, Any], reason: str) -> None:
    assert misfit(schema, {"x": "x"}) == reason
