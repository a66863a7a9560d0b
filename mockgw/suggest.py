"""Suggest: the known word that was probably meant."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

_CUTOFF = 0.6
_OF_KEYS = 0.7  # what is less alike is another word

_NEGATED = re.compile(r"(?:not|does_?not|do_?not|is_?not|doesnt|isnt|no)_?(?P<word>\w{2,})", re.IGNORECASE)

# What others call a key: a hint where the one is unknown and the other known; the first that is known counts.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "and": ("all",),
    "answer": ("reply",),
    "args": ("input",),
    "arguments": ("input",),
    "chance": ("rate", "weight"),
    "code": ("status", "error"),
    "completion_tokens": ("output_tokens",),
    "condition": ("match",),
    "content": ("prompt",),
    "count": ("times",),
    "default": ("fallback",),
    "duration": ("for", "delay"),
    "eq": ("equals",),
    "exists": ("present",),
    "finish_reason": ("stop_reason",),
    "if": ("match",),
    "includes": ("contains",),
    "input": ("input_tokens",),
    "is": ("equals",),
    "json": ("generate",),
    "latency": ("delay",),
    "like": ("contains",),
    "max": ("at_most",),
    "message": ("prompt", "reply"),
    "messages": ("prompt", "replies"),
    "min": ("at_least",),
    "name": ("id",),
    "ne": ("not",),
    "not": ("none",),
    "or": ("any",),
    "output": ("output_tokens", "reply"),
    "pattern": ("matches",),
    "probability": ("rate", "weight"),
    "prompt_tokens": ("input_tokens",),
    "random": ("choose",),
    "regex": ("matches",),
    "regexp": ("matches",),
    "repeat": ("times",),
    "reply": ("text",),
    "request": ("match",),
    "respond": ("reply",),
    "response": ("reply",),
    "responses": ("replies",),
    "retry": ("attempts",),
    "sequence": ("replies",),
    "sleep": ("delay",),
    "speed": ("pace",),
    "status": ("error",),
    "status_code": ("status", "error"),
    "tool_calls": ("tool_use",),
    "user": ("prompt",),
    "wait": ("delay",),
    "when": ("match",),
}
# What to do instead, where there is no key for it.
ADVICE: Mapping[str, str] = {
    "<<": "YAML's merge key is not known here; write the keys out, or put an alias behind each, as in match: *name",
    "icontains": "case is no matter in matches: '(?i)…'",
    "iequals": "case is no matter in matches: '(?i)^…$'",
    "imatches": "case is no matter in matches: '(?i)…'",
    "iregex": "case is no matter in matches: '(?i)…'",
    "priority": "rules are asked in the order in which they stand",
    "weight": "only the items of 'choose' have one",
}


def did_you_mean(word: str, known: Iterable[str], *, cutoff: float = _CUTOFF) -> str:
    """The end of a message: "; did you mean 'text'?", or nothing when no known word is near."""
    nearest = _nearest(word, tuple(known), cutoff)
    return f"; did you mean {nearest!r}?" if nearest else ""


@lru_cache(maxsize=1024)  # a slip is often made more than once
def _nearest(word: str, known: tuple[str, ...], cutoff: float) -> str:
    by_folded = {name.casefold(): name for name in known}
    nearest = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[nearest[0]] if nearest else ""


def instead_of_key(key: str, known: Collection[str]) -> str:
    """The end of a message about an unknown key: what was probably meant, or what to do; or nothing."""
    synonym = next((name for name in SYNONYMS.get(key.casefold(), ()) if name in known), "")
    if synonym:
        return f"; did you mean {synonym!r}?"
    if key in ADVICE:
        return f"; {ADVICE[key]}"
    if denied := _denied(key, known):
        return f"; write not: {{{denied}: …}}"
    return did_you_mean(key, known, cutoff=_OF_KEYS) or _if_text(key)


def _denied(key: str, known: Collection[str]) -> str:
    """The operator that a key such as `not_contains` or `doesNotContain` is the opposite of; or nothing."""
    found = _NEGATED.fullmatch(key) if "not" in known else None
    if found is None:
        return ""
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", found["word"]).casefold()
    synonym = next((name for name in SYNONYMS.get(word, ()) if name in known), "")
    return word if word in known else synonym or _nearest(word, tuple(known), _OF_KEYS)


def _if_text(key: str) -> str:
    """Keys are single words: what has a blank in it was to be read as text."""
    return "; quote text that holds ': '" if " " in key else ""
