"""Moderation: whether the input of a request is flagged, and for which reasons."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from mockgw.protocol import conversation
from mockgw.protocol.dialects import PAGE_MESSAGES
from mockgw.protocol.errors import ApiError
from mockgw.protocol.requests import MessagesRequest
from mockgw.scenario.context import collapse
from mockgw.scenario.gateway.moderation import Moderation, Reason

# As OpenRouter has it: of the input that was flagged so many characters are shown, and its middle is left out.
SHOWN = 100
CUT = "..."


def check(request: MessagesRequest, form: Moderation) -> None:
    """403 for input that is flagged, with all reasons in the error's `metadata`."""
    texts = list(_prompt(request) if form.input == "prompt" else _said(request.messages))
    flagged = {name: text for name, reason in form.reasons.items() for text in texts if _flags(reason, text)}
    if flagged:
        raise _refusal(list(flagged), next(iter(flagged.values())), request.model)


def _prompt(request: MessagesRequest) -> Iterator[str]:
    if prompt := conversation.read(request.messages).prompt:
        yield collapse(prompt)


def _said(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """All texts of the user's messages."""
    for message in messages:
        if message["role"] == "user":
            for content in (message["content"], *_results(message["content"])):
                yield from map(collapse, conversation.texts(content))


def _results(content: Any) -> Iterator[Any]:
    """What tools gave back."""
    for block in content if isinstance(content, list) else ():
        if block.get("type") == "tool_result":
            yield block.get("content") or ""


def _flags(reason: Reason, text: str) -> bool:
    words = reason.words and _of_words(tuple(reason.words)).search(text)
    return bool(words) or any(re.search(pattern, text) for pattern in reason.patterns)


@lru_cache
def _of_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these, in any case."""
    return re.compile("|".join(map(_word, words)), re.IGNORECASE)


def _word(text: str) -> str:
    """A word that is not a part of another one."""
    word = collapse(text)
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    return f"{before}{re.escape(word)}{after}"


def _refusal(reasons: list[str], text: str, model: str) -> ApiError:
    """In the words of the gateway's page whatever the dialect: the API has none for it."""
    told = {"reasons": reasons, "flagged_input": _shown(text), "provider_name": None, "model_slug": model}
    return ApiError(403, PAGE_MESSAGES[403], metadata=told)


def _shown(text: str) -> str:
    """Its beginning and its end, if it is long."""
    if len(text) <= SHOWN:
        return text
    kept = SHOWN - len(CUT)
    return f"{text[: kept - kept // 2]}{CUT}{text[-(kept // 2) :]}"
