"""Moderation: what flags the input of a request."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mockgw.later import Later
from mockgw.notation import JsonSchema, Text, Written, shown
from mockgw.scenario.conditions import Regex, Several


def check_word(text: str) -> str:
    if not text.strip():
        raise ValueError(f"expected a word, found {shown(text)}; it would be found nowhere")
    return text


Word = Annotated[
    Text,
    AfterValidator(check_word),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"\S"}]}),
]


class Reason(Written):
    """What flags the input for one reason; words alone can be written instead."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["words"]}, {"required": ["patterns"]}]})

    words: Several[Word] = Field(default_factory=list)
    """Words or phrases: each stands by itself in the text, in any case."""
    patterns: Several[Regex] = Field(default_factory=list)
    """Python regular expressions, of which one is found in the text."""

    @model_validator(mode="after")
    def _something(self) -> "Reason":
        if not self.words and not self.patterns:
            raise ValueError("expected words, patterns or both")
        return self

    @classmethod
    def _in_short(cls, options: Any) -> list[JsonSchema]:
        return list(options["words"]["anyOf"])


def read_reason(value: Any) -> Any:
    """A word, or a list of them."""
    return value if isinstance(value, dict | Written) else {"words": value}


class Moderation(Written):
    """What is flagged, for which reasons; refused is what has one of them (403)."""

    reasons: dict[str, Annotated[Later[Reason], BeforeValidator(read_reason)]] = Field(min_length=1)
    """What flags the input, by the reason that is told."""
    input: Literal["prompt", "user"] = "prompt"
    """What is looked at: the prompt that was typed last, or all text of the user's messages, tool results included."""
