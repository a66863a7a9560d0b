"""Spelling: what Python says, as plain data."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any


def plain(value: Any) -> Any:
    """A value as YAML has it: tuples are lists, durations are seconds, a compiled expression is what it matches."""
    match value:
        case Mapping():
            return {_key(key): plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(inner) for inner in value]
        case timedelta():
            return value.total_seconds()
        case re.Pattern():
            return {"matches": value.pattern}
        case Enum():
            return plain(value.value)
        case PurePath():
            return str(value)
    return value


def _key(key: Any) -> Any:
    return key.value if isinstance(key, Enum) else key
