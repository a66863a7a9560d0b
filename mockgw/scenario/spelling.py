"""Spelling: data as YAML to paste into a scenario."""

import re
from typing import Any

import yaml

from mockgw.scenario.written import WrittenFloat, WrittenInt, written

WIDEST = 100  # columns of a mapping that stands in one line
TEMPLATE = re.compile(r"\{[{%#]")
END_OF_RAW = re.compile(r"\{%-?\s*endraw")


def as_yaml(value: Any) -> str:
    """YAML that the loader reads back as the same value."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDEST, default_flow_style=None
    )
    return text.removesuffix("...\n")


def verbatim(value: Any) -> Any:
    """The same value where templates are rendered: nothing of it is one."""
    match value:
        case str() if TEMPLATE.search(value):
            return _raw(value)
        case dict():
            return {key: verbatim(part) for key, part in value.items()}
        case list():
            return [verbatim(part) for part in value]
    return value


def _raw(text: str) -> str:
    parts = END_OF_RAW.split(text)
    ends = END_OF_RAW.findall(text)
    first, *others = [f"{{% raw %}}{part}{{% endraw %}}" for part in parts]
    return first + "".join(f"{{{{ {end!r} }}}}{part}" for end, part in zip(ends, others, strict=True))


class _Dumper(yaml.SafeDumper):
    """Quotes what scenarios would read as something else, and repeats what stands there twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if not text.replace("\n", "").isprintable():
        return '"'  # which has a spelling for all of it
    if "\n" in text:
        return "|"
    return "'" if _means_something_else(text) else None


def _means_something_else(text: str) -> bool:
    """Whether it would be a number or a word of JSON's without quotes."""
    try:
        return not isinstance(written(text), str)
    except OverflowError:
        return True


def _as_written(dumper: yaml.SafeDumper, number: WrittenInt | WrittenFloat) -> yaml.ScalarNode:
    kind = "int" if isinstance(number, int) else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", number.text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(WrittenInt, _as_written)
_Dumper.add_representer(WrittenFloat, _as_written)
