import re
from datetime import timedelta
from enum import Enum
from pathlib import Path

from mockgw.testing.spelling import plain


class Colour(Enum):
    RED = "red"


def test_what_python_has_and_yaml_has_not() -> None:
    said = {"a": ("b",), "c": timedelta(minutes=2), "d": re.compile(r"\d"), "e": Colour.RED, "f": Path("g"), "h": {1}}
    assert plain(said) == {"a": ["b"], "c": 120.0, "d": {"matches": r"\d"}, "e": "red", "f": "g", "h": [1]}
