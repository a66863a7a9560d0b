"""Compared: what the SDKs have and mockgw does not, and what only mockgw has."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.clients.drift.known import Known

STEP = re.compile(r"\.[^.<\[=]+|\[\]|<[^>]*>|=.*", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One part that is not the same on both sides; `sdks` are those that have it, none where it is gone."""

    area: str
    part: str
    sdks: tuple[str, ...] = ()


def above(part: str) -> list[str]:
    """The ways to all that a part is in, the nearest last."""
    steps = STEP.findall(part)
    return ["".join(steps[:count]) for count in range(len(steps))]


def new(area: str, known: Known, told: Mapping[str, Iterable[str]]) -> list[Finding]:
    """What SDKs have that is not known; of things in each other the outermost."""
    sdks: dict[str, list[str]] = {}
    for sdk, parts in told.items():
        for part in parts:
            if part not in known.parts:
                sdks.setdefault(part, []).append(sdk)
    valued = {above(part)[-1] for part in known.parts if "=" in part}
    return [
        Finding(area, part, tuple(sdks[part]))
        for part in sorted(sdks)
        if not any(way in sdks or way in known.opaque for way in above(part))
        and ("=" not in part or above(part)[-1] in valued)
    ]


def gone(area: str, known: Known, told: Mapping[str, Iterable[str]]) -> list[Finding]:
    """What is known and no SDK has, but what is from elsewhere; of things in each other the outermost."""
    there = {part for parts in told.values() for part in parts}
    lost = known.parts - known.elsewhere - there
    return [Finding(area, part) for part in sorted(lost) if not any(way in lost for way in above(part))]
