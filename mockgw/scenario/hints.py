"""Hints: what to do about signs that mean something else in YAML than people think."""

import re

# YAML 1.1 ends lines at these; the marks of its errors count so.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
GLUED = re.compile(r"\s*(?:-\s+)*(?P<glued>[\w-]+:[^\s/]\S*)")
_LOST = re.compile(r"[ ]*(?P<sign>[#&>|}])")
_COMMENT = re.compile(r"[ ]+(?P<comment>#[^\s#][^\r\n]*)")
_NO_BREAK = re.compile(r"[ ]*(?:- +)*(?:-|[\w-]+:)?\xa0")
NO_BREAK_SPACE = "a no-break space stands here, which is no blank of YAML's; use a plain blank"
MAX_DEPTH = 64
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def quote(sign: str) -> str:
    return f"quote text that starts with '{sign}'"


def lines(text: str) -> list[str]:
    return _LINE_BREAK.split(text)


def lost_sign(text: str, index: int) -> str:
    """The sign that made YAML see nothing where a value should be: of a comment, an anchor, a folded text."""
    found = _LOST.match(text, index)
    return found["sign"].replace("}", "{") if found else ""


def lost_comment(text: str, index: int) -> re.Match[str] | None:
    """A comment after a text that looks like a part of it: people begin comments with `# `."""
    return _COMMENT.match(text, index)


def no_break_space(text: str) -> bool:
    """Whether one stands where YAML expects a blank: in front of a key, behind its colon, behind a dash."""
    return "\xa0" in text and _NO_BREAK.match(text) is not None


def glued_key(key: str) -> str:
    """What to do about a key that holds the value that was meant for it; or nothing."""
    return "put a space after its ':'" if GLUED.fullmatch(key) else ""
