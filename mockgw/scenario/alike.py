"""Alike: how near a value is to what a condition wants, and what tells them apart, in words that mend a file.

Nothing here decides whether a rule matches. It is asked only when none does; texts are looked at up to a length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mockgw.notation import shown
from mockgw.scenario import letters
from mockgw.scenario.context import collapse
from mockgw.scenario.operators import FAR, SEARCHED, TESTS, number_of, same
from mockgw.values import light
from mockgw.wording import counted

CASE_ONLY = 0.05
NEAR = 0.1  # what one word more in the file would mend
STEP = 0.25  # numbers that are one apart; those that are four apart are far
COMPARED = 20  # operands and values of which each is compared with each
LONGEST = 40  # of an operand that is proposed
SOUGHT = 1000  # characters in which what is made of an operand is sought
SHORTEST = 3  # of a text that being a part of another says something of
AS_EXPRESSION = {"equals": "^{}$", "in_": "^{}$", "contains": "{}", "starts_with": "^{}", "ends_with": "{}$"}
TEXTUAL = {"equals": "all", "in_": "all", "contains": "part", "starts_with": "start", "ends_with": "end"}

# What only an expression has: classes, repeated dots, options, ends, alternatives.
EXPRESSION = re.compile(r"\\[dwsbDWSB]|\.[*+?]|\[[^\]]+\][*+?{]|\(\?|^\^|\$$|\([^()]*\|[^()]*\)|\w\|\w")
SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
WHITE = re.compile(r"\\[ntrfv]|[\n\t]| {2,}")


@light
class Relation:
    """A way in which a value may miss what an operator wants: how far off that is, and how to mend it."""

    distance: float
    applies: Callable[[str, str, str], bool]  # of operator, value, operand
    words: Callable[[str, str, str], str]


def nearness(operator: str, operands: Sequence[Any], values: Sequence[Any]) -> float:
    """How far the nearest pair is apart, from 0 to 1."""
    return min((_distance(operator, *pair) for pair in _pairs(operands, values)), default=FAR)


def hint(operator: str, operands: Sequence[Any], values: Sequence[Any]) -> str:
    """What tells the nearest pair apart; nothing when none is near."""
    for value, operand in sorted(_pairs(operands, values), key=lambda pair: _distance(operator, *pair)):
        if words := _words(operator, value, operand):
            return f"nearest is {shown(operand)}: {words}" if len(operands) > 1 else words
    return ""


def _pairs(operands: Sequence[Any], values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return ((value, operand) for value in values[:COMPARED] for operand in operands[:COMPARED])


def _distance(operator: str, value: Any, operand: Any) -> float:
    if isinstance(value, str) and isinstance(operand, str):
        value, operand = collapse(value), _read(operator, operand)
        if relation := _relation(operator, value, operand):
            return relation.distance
        return letters.distance(_where(operator), value, operand)
    if _kinds(value, operand):
        return NEAR
    one, other = number_of(value), number_of(operand)
    return FAR if one is None or other is None else min(FAR, max(STEP, STEP * abs(one - other)))


def _words(operator: str, value: Any, operand: Any) -> str:
    if isinstance(value, str) and isinstance(operand, str):
        value, operand = collapse(value), _read(operator, operand)
        relation = _relation(operator, value, operand)
        return relation.words(operator, value, operand) if relation else letters.apart(_where(operator), value, operand)
    return _kinds(value, operand) or (_deep(value, operand) if operator in ("equals", "in_") else "")


def _read(operator: str, operand: str) -> str:
    """An operand as the operator reads it."""
    return operand if operator == "matches" else collapse(operand)


def _where(operator: str) -> str:
    """Which part of a value an operator is about; none for expressions and numbers."""
    return TEXTUAL.get(operator, "")


def _relation(operator: str, value: str, operand: str) -> Relation | None:
    return next((relation for relation in RELATIONS if relation.applies(operator, value, operand)), None)


def _is_other_case(operator: str, value: str, operand: str) -> bool:
    if operator == "matches":
        return re.search(operand, value[:SEARCHED], re.IGNORECASE) is not None
    return operator in TEXTUAL and TESTS[operator](collapse(value).folded, collapse(operand).folded)


def _other_case(operator: str, value: str, operand: str) -> str:
    if operator == "matches":
        return "upper and lower case differ; begin it with (?i) if they are no matter"
    plain = len(operand) <= LONGEST and not SPECIAL.search(operand) and operand.isprintable() and "'" not in operand
    expression = f"(?i){AS_EXPRESSION[operator].format(operand) if plain else '…'}"
    return f"upper and lower case differ; write {{matches: '{expression}'}} if they are no matter"


def _is_part(operator: str, value: str, operand: str) -> bool:
    """Whether another operator would find it."""
    return operator in TEXTUAL and operator != "contains" and len(operand) >= SHORTEST and operand in value


def _part(operator: str, value: str, operand: str) -> str:
    if operator in ("starts_with", "ends_with"):
        return f"it stands elsewhere in it; write {_written('contains', operand)}"
    if value.startswith(operand):
        return f"that is only its beginning; write {_written('contains', operand)} or starts_with"
    if value.endswith(operand):
        return f"that is only its end; write {_written('contains', operand)} or ends_with"
    return f"that is only a part of it; write {_written('contains', operand)}"


def _written(operator: str, operand: str) -> str:
    """A condition as it may be written."""
    return f"{{{operator}: {shown(operand) if len(operand) <= LONGEST else '…'}}}"


def _is_expression(operator: str, value: str, operand: str) -> bool:
    """Whether what was wanted as text would be found as a regular expression."""
    return operator in TEXTUAL and EXPRESSION.search(operand) is not None and _finds(operand, value)


def _expression(operator: str, value: str, operand: str) -> str:
    return f"that is plain text here; as a regular expression it is found: write {_written('matches', operand)}"


def _is_wildcard(operator: str, value: str, operand: str) -> bool:
    parts = [re.escape(part) for part in operand.split("*")]
    return operator in TEXTUAL and len(parts) in (2, 3) and len(operand) > SHORTEST and _finds(".*".join(parts), value)


def _wildcard(operator: str, value: str, operand: str) -> str:
    inside = operand.strip("*")
    if "*" in inside:
        return f"* is no wildcard; write {_written('matches', inside.replace('*', '.*'))}"
    name = {(False, True): "starts_with", (True, False): "ends_with"}.get((operand[0] == "*", operand[-1] == "*"))
    return f"* is no wildcard; write {_written(name or 'contains', inside)}"


def _is_literal(operator: str, value: str, operand: str) -> bool:
    """Whether an expression stands in a text as it is written."""
    return operator == "matches" and operand.casefold() in value[:SEARCHED].casefold()


def _literal(operator: str, value: str, operand: str) -> str:
    signs = " ".join(dict.fromkeys(SPECIAL.findall(operand)))
    return f"it stands there as plain text, but {signs} are special in an expression; write {{contains: …}}"


def _is_anchored(operator: str, value: str, operand: str) -> bool:
    return operator == "matches" and (free := _without_ends(operand)) != operand and _finds(free, value)


def _anchored(operator: str, value: str, operand: str) -> str:
    return "it is found there, but ^ and $ want it at the beginning and the end"


def _without_ends(expression: str) -> str:
    return re.sub(r"^(\(\?\w+\))?\^", r"\1", expression).removesuffix("$")


def _is_white(operator: str, value: str, operand: str) -> bool:
    return operator == "matches" and (free := WHITE.sub(" ", operand)) != operand and _finds(free, value)


def _white(operator: str, value: str, operand: str) -> str:
    return "all white space is a single blank before it is looked at; write a blank, or \\s+"


def _finds(expression: str, value: str) -> bool:
    try:
        return re.search(expression, value[:SOUGHT]) is not None
    except (re.error, RecursionError, OverflowError):  # it was never meant to be one
        return False


RELATIONS = (
    Relation(CASE_ONLY, _is_other_case, _other_case),
    Relation(NEAR, _is_part, _part),
    Relation(NEAR, _is_expression, _expression),
    Relation(NEAR, _is_wildcard, _wildcard),
    Relation(NEAR, _is_literal, _literal),
    Relation(NEAR, _is_anchored, _anchored),
    Relation(NEAR, _is_white, _white),
)


def _kinds(value: Any, operand: Any) -> str:
    """What is said of values that are written alike and are of two kinds."""
    if isinstance(value, str) is isinstance(operand, str) or _plain(value) != _plain(operand):
        return ""
    return "it is text; quote it" if isinstance(value, str) else f"it is {_kind(value)}, no text; take the quotes off"


def _plain(value: Any) -> str:
    return shown(value).strip("'")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "null" if value is None else "a number"


def _deep(value: Any, operand: Any, path: str = "") -> str:
    """Where two lists or mappings first differ."""
    if same(value, operand):
        return ""
    match value, operand:
        case dict(), dict():
            found = (_at_key(value, operand, key, path) for key in dict.fromkeys([*operand, *value]))
        case list(), list() if len(value) == len(operand):
            found = (_deep(*pair, f"{path}.{index}") for index, pair in enumerate(zip(value, operand, strict=True)))
        case list(), list():
            return f"{_at(path)}it has {counted(len(value), 'item')} where {len(operand)} are expected"
        case _:
            return f"{_at(path)}it has {shown(value)} where {shown(operand)} is expected" if path else ""
    return next(filter(None, found), "")


def _at_key(value: dict[str, Any], operand: dict[str, Any], key: str, path: str) -> str:
    if key not in value:
        return f"{_at(path)}it has no {key!r}"
    if key not in operand:
        return f"{_at(path)}it has {key!r} too, and the whole value is compared"
    return _deep(value[key], operand[key], f"{path}.{key}")


def _at(path: str) -> str:
    return f"at {path.removeprefix('.')} " if path else ""
