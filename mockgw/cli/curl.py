"""Curl: a command as people copy it, read as the request that it would send."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from mockgw.errors import SettingsError
from mockgw.protocol.headers import JSON
from mockgw.protocol.requests import Incoming

FORM = "application/x-www-form-urlencoded"  # what curl says of `-d` unless it is told
DATA = ("--data", "--data-ascii", "--data-raw", "--data-binary", "--data-urlencode", "--json")
SHORT = {"H": "--header", "d": "--data", "X": "--request", "A": "--user-agent", "u": "--user"}
# Of what mockgw does not look at, the flags that have a value.
VALUED = (
    *("--output", "--proxy", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--retry-max-time"),
    *("--cookie", "--cookie-jar", "--referer", "--write-out", "--dump-header", "--cert", "--key", "--cacert"),
    *("--resolve", "--connect-to", "--form", "--config", "--limit-rate", "--interface", "--noproxy", "--unix-socket"),
    *("--proto", "--ciphers", "--tls-max", "--trace", "--trace-ascii", "--stderr", "--upload-file", "--range"),
)
SHORT_VALUED = "obcexmwDEFKTrPCQtyYzU"
# What ends a command in a shell, and what is kept together until then.
END = re.compile(r"[|;&<>()]+")
PIECES = re.compile(r"""\$'((?:[^'\\]|\\.)*)' | '[^']*' | "(?:[^"\\]|\\.)*" | \\\r?\n | \\.""", re.VERBOSE | re.DOTALL)
ESCAPES = re.compile(r"\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}


# A command at the beginning of a line, with the prompt that may have been copied with it.
COMMAND = re.compile(r"^[^\S\n]*([$%>#]\s+|\w+=\$\()?(?P<curl>([^\s\"'{}]*/)?curl(\.exe)?\s+)", re.MULTILINE)
HERE = re.compile(r"<<-?\s*([\"']?)(\w+)\1(?P<rest>[^\n]*)\n(?P<lines>.*?)^\s*\2\s*$", re.MULTILINE | re.DOTALL)


def is_curl(text: str) -> bool:
    """Whether a text holds a command for curl; lines of a script may stand above it."""
    return not text.lstrip().startswith(("{", "[")) and COMMAND.search(text) is not None


@dataclass
class _Command:
    """What the flags of a command add up to."""

    folder: Path
    stdin: bytes | None = None
    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)
    data: list[bytes] = field(default_factory=list)

    def take(self, flag: str, value: str) -> None:
        """A flag with its value."""
        match flag:
            case "--url":
                self.url = self.url or value
            case "--request":
                self.method = value.upper()
            case "--header":
                self.header(value)
            case "--user-agent":
                self.headers["user-agent"] = value
            case "--oauth2-bearer":
                self.headers["authorization"] = f"Bearer {value}"
            case "--user":
                self.headers.setdefault("authorization", "Basic …")
            case _:
                self.body(flag, value)

    def header(self, written: str) -> None:
        name, colon, value = written.partition(":")
        name = name.strip().lower()
        if colon and value.strip():
            self.headers[name] = f"{self.headers[name]}, {value.strip()}" if name in self.headers else value.strip()

    def body(self, flag: str, value: str) -> None:
        if flag == "--json":
            self.usual = {"accept": JSON, "content-type": JSON}
        if value.startswith("@") and flag != "--data-raw":
            data = self.stdin if value == "@-" and self.stdin is not None else _contents(value[1:], self.folder)
            self.data.append(data if flag in ("--data-binary", "--json") else re.sub(rb"[\r\n]", b"", data))
        else:
            self.data.append(value.encode())

    def incoming(self) -> Incoming:
        if not self.url:
            raise SettingsError("the curl command names no URL; expected one such as http://127.0.0.1:6625/v1/messages")
        try:
            url = urlsplit(self.url if "://" in self.url else f"http://{self.url}")
        except ValueError as problem:
            raise SettingsError(f"the URL {self.url} of the curl command cannot be read: {problem}") from None
        usual = self.usual or {"accept": "*/*"} | ({"content-type": FORM} if self.data else {})
        return Incoming(
            method=self.method or ("POST" if self.data else "GET"),
            path=url.path or "/",
            headers=usual | self.headers,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            body=b"&".join(self.data),
        )


def read(text: str, folder: Path) -> Incoming:
    """The request of a command; `@file` is a file in the folder. SettingsError for what is no such command."""
    text, stdin = _without_here(_as_posix(text))
    words = iter(_words(text))
    command = _Command(folder, stdin)
    for word in words:
        if word.startswith("--"):
            _long(word, words, command)
        elif word.startswith("-") and len(word) > 1:
            _short(word[1:], words, command)
        else:
            command.take("--url", word)
    return command.incoming()


def _as_posix(text: str) -> str:
    """The command without what stands above it; browsers' "copy as cURL (cmd)" has a caret before every sign."""
    found = COMMAND.search(text)
    command = text[found.start("curl") :] if found else text
    if not re.match(r"\S+\s+\^\"", command):
        return command
    return re.sub(r"\^(\r?\n|.)", lambda escape: " " if escape[1].isspace() else escape[1], command)


def _without_here(text: str) -> tuple[str, bytes | None]:
    """The command, and the lines that it has on stdin."""
    found = HERE.search(text)
    if found is None:
        return text, None
    return f"{text[: found.start()]}{found['rest']}\n{text[found.end() :]}", found["lines"].encode()


def _long(flag: str, words: Iterator[str], command: _Command) -> None:
    if flag in VALUED:
        next(words, "")
    elif flag in DATA or flag in ("--url", "--oauth2-bearer", *SHORT.values()):
        command.take(flag, _value(flag, words))


def _short(letters: str, words: Iterator[str], command: _Command) -> None:
    """One-letter flags in a row; the first with a value has the rest, or the next word."""
    for position, letter in enumerate(letters):
        rest = letters[position + 1 :]
        if letter in SHORT:
            command.take(SHORT[letter], rest or _value(f"-{letter}", words))
            return
        if letter in SHORT_VALUED:
            _ = rest or next(words, "")
            return


def _value(flag: str, words: Iterator[str]) -> str:
    value = next(words, None)
    if value is None:
        raise SettingsError(f"the curl command ends after {flag}, which needs a value; was all of it copied?")
    return value


def _contents(name: str, folder: Path) -> bytes:
    if name == "-":
        raise SettingsError("the body of the curl command comes from its stdin (@-); name a file instead")
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise SettingsError(f"the body of the curl command is in {folder / name}: {error.strerror}") from None


def _words(text: str) -> list[str]:
    """The words of the command that follow `curl`, as a shell would have them."""
    try:
        lexer = shlex.shlex(PIECES.sub(_plain, text), posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, ""
        words = list(lexer)
    except (ValueError, OverflowError) as problem:
        raise SettingsError(f"the curl command cannot be read: {problem}; was all of it copied?") from None
    begin = next((index for index, word in enumerate(words, 1) if "curl" in word), 0)
    return list(takewhile(lambda word: not END.fullmatch(word), words[begin:]))


def _plain(piece: re.Match[str]) -> str:
    """A quoted piece as `shlex` can read it: `$'…'` decoded, continued lines joined."""
    if piece[1] is not None:
        return shlex.quote(_paired(ESCAPES.sub(_escaped, piece[1])))
    return re.sub(r"\\\r?\n", "" if piece[0].startswith('"') else " ", piece[0]) if piece[0][0] != "'" else piece[0]


def _escaped(escape: re.Match[str]) -> str:
    name = escape[1]
    if name[0] in "uUx" and len(name) > 1:
        return chr(int(name[1:], 16))
    return chr(int(name, 8)) if name[0] in "01234567" else LETTERS.get(name, name)


def _paired(text: str) -> str:
    """Browsers write a character beyond the first 65,536 as the two halves of a pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
