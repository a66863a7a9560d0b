"""Reader: the types of a TypeScript package, from the `.d.ts` files that it ships.

It reads what the official SDK is made of: interfaces, aliases, namespaces and the methods of classes. What else there
is in such a file (functions, constants, conditional types) is passed over.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.clients.declared.types import UNKNOWN, Both, Class, Either, Field, Method, Module, Shape, Type, Value, Word

TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<word>[\w$#]+)|=>|\.\.\.|.""",
    re.DOTALL | re.VERBOSE,
)
OPENING, CLOSING = "([{<", ")]}>"


def _listed(told: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What `{A, type B as C}` lists: each name there, and here."""
    listed = told[told.index("{") + 1 : told.index("}")] if "{" in told else []
    for names in " ".join(listed).split(","):
        words = [word for word in names.split() if word != "type"]
        if words:
            yield words[0], words[-1]


def _limited(type: Type, limits: Mapping[str, Type]) -> Type:
    """A type where a parameter of the method stands for what limits it."""
    return limits.get(type.name, type) if isinstance(type, Word) else type


def read(path: Path) -> Module:
    """All that a file declares."""
    return Reader(path).read()


class Reader:
    """Reads one file, token by token."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.tokens = [found.group() for found in TOKEN.finditer(text) if found.lastgroup != "gap"]
        self.at = 0
        self.module = Module(path)

    def read(self) -> Module:
        self._statements("", until="")
        return self.module

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def took(self, *wanted: str) -> bool:
        """Whether these tokens stand here; then they are behind us."""
        there = self.tokens[self.at : self.at + len(wanted)] == [*wanted]
        self.at += len(wanted) if there else 0
        return there

    def _pass(self, *ends: str) -> None:
        """Everything before one of these, brackets as a whole."""
        depth = 0
        while self.next and (depth or self.next not in ends):
            token = self.take()
            depth += (token in OPENING) - (token in CLOSING)

    def _statements(self, inside: str, *, until: str) -> None:
        while self.next != until:
            while self.next in ("export", "declare", "abstract", "default"):
                self.take()
            kinds: dict[str, Callable[[str], None]] = {
                "import": self._import,
                "interface": self._interface,
                "type": self._alias,
                "namespace": self._namespace,
                "class": self._class,
            }
            if self.took("type", "{"):
                self.at -= 1
            if self.next in kinds:
                kinds[self.take()](inside)
            elif self.next in ("{", "*"):
                self._passed_on()
            else:
                self._pass(";", "}") if self.next != "function" else self._pass(";")
                self.took(";")

    def _file(self, quoted: str) -> Path:
        name = re.sub(r"\.m?js$", "", quoted[1:-1]) + ".d.ts"
        return (self.module.path.parent / name).resolve()

    def _import(self, _: str) -> None:
        start = self.at
        self._pass(";")
        told, source = self.tokens[start : self.at], self._file(self.tokens[self.at - 1])
        self.took(";")
        if told[:2] == ["*", "as"]:
            self.module.imports[told[2]] = source, ""
        for name, alias in _listed(told):
            self.module.imports[alias] = source, name

    def _passed_on(self) -> None:
        """`export {A, B as C} from "./x.js"` and `export * from "./x.js"`."""
        start = self.at
        self._pass(";")
        told = self.tokens[start : self.at]
        self.took(";")
        if "from" in told:
            source = self._file(told[-1])
            if told[0] == "*":
                self.module.passed_on.append(source)
            for name, alias in _listed(told):
                self.module.imports.setdefault(alias, (source, name))

    def _interface(self, inside: str) -> None:
        name = self.take()
        self._parameters()
        bases: list[Word] = []
        if self.took("extends"):
            while self.next != "{":
                base = self._one()
                bases += [base] if isinstance(base, Word) else []
                self.took(",")
        shape = self._shape()
        self.module.types[inside + name] = Shape(shape.fields, tuple(bases), shape.others)

    def _alias(self, inside: str) -> None:
        name = self.take()
        self._parameters()
        self.take()
        self.module.types[inside + name] = self.type()
        self._pass(";")
        self.took(";")

    def _namespace(self, inside: str) -> None:
        name = self.take()
        self.take()
        self._statements(f"{inside}{name}.", until="}")
        self.take()

    def _class(self, inside: str) -> None:
        name = self.take()
        self._pass("{")
        self.take()
        fields: dict[str, Type] = {}
        methods: dict[str, list[Method]] = {}
        while not self.took("}"):
            self._member(fields, methods)
        self.module.classes[inside + name] = Class(fields, methods)

    def _member(self, fields: dict[str, Type], methods: dict[str, list[Method]]) -> None:
        name = "" if self.next in OPENING else self.take()
        if name.isidentifier() and self.next in ("(", "<"):
            limits = self._parameters()
            methods.setdefault(name, []).append(self._method(limits))
        elif name.isidentifier() and (self.took("?", ":") or self.took(":")):
            fields[name] = self.type()
        self._pass(";")
        self.took(";")

    def _method(self, limits: Mapping[str, Type]) -> Method:
        self.take()
        parameters: dict[str, Field] = {}
        while not self.took(")"):
            self.took("...")
            name = self.take()
            required = not self.took("?")
            self.take()
            parameters[name] = Field(_limited(self.type(), limits), required)
            self.took(",")
        return Method(parameters, _limited(self.type(), limits) if self.took(":") else UNKNOWN)

    def _parameters(self) -> dict[str, Type]:
        """What stands in the angle brackets of a declaration: each name with the type that limits it."""
        limits: dict[str, Type] = {}
        if self.took("<"):
            while not self.took(">"):
                name = self.take()
                limits[name] = self.type() if self.took("extends") else UNKNOWN
                self._pass(",", ">") if self.next == "=" else None
                self.took(",")
        return limits

    def type(self) -> Type:
        self.took("|")
        options = [self._both()]
        while self.took("|"):
            options.append(self._both())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _both(self) -> Type:
        parts = [self._one()]
        while self.took("&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _one(self) -> Type:
        one = self._simple()
        while self.took("["):
            one = UNKNOWN if self.next != "]" else Word("Array", (one,))
            self._pass("]")
            self.take()
        return one

    def _simple(self) -> Type:
        token = self.next
        if token == "{":
            return self._shape()
        if token in ("(", "["):
            return self._bracketed()
        self.take()
        if token[0] in "'\"":
            return Value(token[1:-1])
        if token in ("true", "false") or token.isdigit():
            return Value({"true": True, "false": False}.get(token, token))
        return self._word(token)

    def _bracketed(self) -> Type:
        """A type in brackets; of a function or a tuple no more is known than that it is one."""
        start = self.at
        opening = self.take()
        if opening == "(":
            inner = self.type()
            if self.took(")") and self.next != "=>":
                return inner
        self.at = start + 1
        self._pass(")" if opening == "(" else "]")
        self.take()
        if self.took("=>"):
            self.type()
        return UNKNOWN

    def _word(self, name: str) -> Type:
        if name in ("keyof", "typeof", "readonly", "unique", "infer", "new", "asserts"):
            self._one()
            return UNKNOWN
        while self.took("."):
            name += f".{self.take()}"
        arguments: list[Type] = []
        if self.took("<"):
            while not self.took(">"):
                arguments.append(self.type())
                self.took(",")
        return Word(name, tuple(arguments))

    def _shape(self) -> Shape:
        self.take()
        fields: dict[str, Field] = {}
        others: Type | None = None
        while not self.took("}"):
            self.took("readonly")
            name = self.take().strip("'\"")
            if name == "[":
                self._pass("]")
                self.take()
                others = self.type() if self.took(":") else UNKNOWN
            elif self.next in ("?", ":"):
                required = not self.took("?")
                self.take()
                fields[name] = Field(self.type(), required)
            self._pass(";", ",", "}")
            self.took(";") or self.took(",")
        return Shape(fields, (), others)
