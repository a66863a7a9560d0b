"""Validation: the tables of validation.md, written from validation.yaml and the wordings (`make docs`)."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml

from docs.tables import MARKED
from mockgw.pipeline import Pipeline
from mockgw.protocol.abilities import Abilities
from mockgw.protocol.models import CATALOGUE
from mockgw.protocol.requests import Incoming
from mockgw.protocol.signatures import sign
from mockgw.protocol.wordings import WORDINGS
from mockgw.scenario.library import Library
from mockgw.scenario.loader import parse

HERE = Path(__file__).parent
PAGE = HERE / "validation.md"
DATA = HERE / "validation.yaml"
USUAL = {"model": "claude-sonnet-4-6", "max_tokens": 1000, "messages": [{"role": "user", "content": "Hello"}]}
USUAL_HEADERS = {"anthropic-version": "2023-06-01"}
ABSENT = "absent"
TOLD = "says it"
SCHEMA = parse("reply: Hello.\ngateway: {dialect: anthropic, validate: schema}", Path("schema.yaml"))
GATEWAY = Pipeline(Library({SCHEMA.name: SCHEMA}, SCHEMA.name))
LONGEST = 100  # of what a table shows of a request, in characters


@dataclass(frozen=True, slots=True)
class Row:
    """Something that the API refuses: the rule's code, the example as it is written, and what is said of it.

    `claude` is what Claude Code makes of it.
    """

    rule: str
    says: str
    written: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 400
    claude: str = TOLD

    @property
    def body(self) -> dict[str, Any]:
        """The whole request."""
        return {name: made(value) for name, value in {**USUAL, **self.written}.items() if value != ABSENT}

    @property
    def all_headers(self) -> dict[str, str]:
        return {name: value for name, value in {**USUAL_HEADERS, **self.headers}.items() if value != ABSENT}

    @property
    def level(self) -> str:
        """The level from which on it is refused."""
        sent = {**self.all_headers, "x-api-key": "mock"}
        opened = GATEWAY.messages(Incoming("POST", "/v1/messages", sent, body=orjson.dumps(self.body)))
        return "schema" if opened.exchange.message == self.says else "strict"


@cache
def rows() -> list[Row]:
    """All that is written down."""
    found = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return [Row(one.pop("rule"), one.pop("says"), one.pop("body", {}), **one) for one in found]


def made(value: Any) -> Any:
    """A value with what is better not written out: a text or block many times, a PNG of a size, base64, a signature."""
    match value:
        case {"times": int(times), "text": str(text)}:
            return text * times
        case {"times": int(times), "block": block}:
            return [made(block)] * times
        case {"png": [int(width), int(height)]}:
            head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
            return base64.b64encode(head).decode()
        case {"signed": str(text)}:
            return sign(text, seed=0)
        case {"base64": str(text)}:
            return base64.b64encode((text + value.get("and", "") * value.get("times", 0)).encode()).decode()
        case dict():
            return {name: made(one) for name, one in value.items()}
        case list():
            return [made(one) for one in value]
    return value


def filled(page: str) -> str:
    """The page with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + "\n".join(TABLES[found[2]]()) + "\n" + found[3], page)


def models() -> Iterator[str]:
    """What each model takes, as the catalogue has it."""
    yield from ("| model | `thinking` | without it | `display` | `effort` | also |", "|---|---|---|---|---|---|")
    for model in (model for model in CATALOGUE if model.lifecycle != "retired"):
        abilities = model.abilities
        usual = "on" if abilities.thinks else "off"
        efforts = _codes(abilities.efforts) or "none"
        about = f"{_codes(abilities.thinking)} | {usual} | `{abilities.display}` | {efforts}"
        yield f"| `{(*model.aliases, model.id)[0]}` | {about} | {', '.join(_also(abilities)) or 'none of these'} |"


def _also(abilities: Abilities) -> Iterator[str]:
    if abilities.prefills:
        yield "prefill"
    if abilities.system_role:
        yield "system messages"
    if abilities.forces:
        yield "forced tools"
    if abilities.sampling != "none":
        yield "sampling"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def refused() -> Iterator[str]:
    yield from ("| request | is told | from | Claude Code | source |", "|---|---|---|---|---|")
    for row in rows():
        about = f"`{row.level}` | {row.claude} | {_source(WORDINGS[row.rule].source)}"
        yield f"| {_request(row)} | {_code(row.says)} | {about} |"


def _request(row: Row) -> str:
    parts = [f"`{name}` {'absent' if value == ABSENT else ''}".strip() for name, value in row.headers.items()]
    parts = [part if part.endswith(ABSENT) else f"{part}: {row.headers[part.strip('`')]}" for part in parts]
    parts += [f"`{name}` absent" for name, value in row.written.items() if value == ABSENT]
    shown = {name: value for name, value in row.written.items() if value != ABSENT}
    return ", ".join([*parts, *([_code(_shortened(json.dumps(shown)))] if shown else [])])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _code(text: str) -> str:
    """A text in the font of code, whatever stands in it."""
    fence = "``" if "`" in text else "`"
    inside = f" {text} " if "`" in text else text
    return f"{fence}{inside}{fence}".replace("|", "\\|")


def _source(source: str) -> str:
    return f"[{source.removeprefix('https://')}]({source})" if source.startswith("https://") else source


TABLES = {"models": models, "refused": refused}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
