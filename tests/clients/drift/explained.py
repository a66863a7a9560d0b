"""Explained: what is different on purpose, and why; and which of these explanations have become needless."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tests.clients.drift.compared import Finding

FILE = Path(__file__).parent / "explained.yaml"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a part is new or gone; `way` may end or begin in `*`."""

    area: str
    kind: str
    way: str
    why: str

    def explains(self, finding: Finding) -> bool:
        kind = "new" if finding.sdks else "gone"
        plain = self.way.replace("[", "[[]")  # to fnmatch a bracket begins a set
        return (self.area, self.kind) == (finding.area, kind) and fnmatchcase(finding.part, plain)


def explanations(entries: Iterable[dict[str, Any]] | None = None) -> list[Explanation]:
    """Each way that the file explains."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8")) if entries is None else entries
    return [
        Explanation(entry["area"], kind, way, entry["why"])
        for entry in read
        for kind in ("new", "gone")
        for way in entry.get(kind, [])
    ]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Findings that nothing explains, how many others there are, and explanations that explain nothing."""

    unexplained: list[Finding]
    explained: int
    needless: list[Explanation]


def sort(findings: list[Finding], known: list[Explanation]) -> Sorted:
    explained = {finding for finding in findings for one in known if one.explains(finding)}
    needless = [one for one in known if not any(one.explains(finding) for finding in findings)]
    return Sorted([finding for finding in findings if finding not in explained], len(explained), needless)
