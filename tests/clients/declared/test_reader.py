"""Reading declarations, as a package that is made of some ships them."""

from pathlib import Path

import pytest

from tests.clients.declared import package, reader
from tests.clients.declared.package import Known, Scope
from tests.clients.declared.types import UNKNOWN, Both, Either, Field, Shape, Type, Value, Word

TEXT, NUMBER = Word("string"), Word("number")


def read_type(folder: Path, text: str) -> Type:
    path = folder / "one.d.ts"
    path.write_text(f"export type One = {text};\nexport type Next = 'there';\n", encoding="utf-8")
    read = reader.read(path)
    assert read.types["Next"] == Value("there")  # nothing was read too far
    return read.types["One"]


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("string", TEXT),
        ("'a' | \"b\"", Either((Value("a"), Value("b")))),
        ("\n    | 'a'\n    | null", Either((Value("a"), Word("null")))),
        ("Array<string | number>", Word("Array", (Either((TEXT, NUMBER)),))),
        ("Models.One[]", Word("Array", (Word("Models.One"),))),
        ("(string | null)[]", Word("Array", (Either((TEXT, Word("null"))),))),
        ("'a' | (string & {})", Either((Value("a"), Both((TEXT, Shape({})))))),
        ("{ readonly a?: string; 'b-c': number }", Shape({"a": Field(TEXT, False), "b-c": Field(NUMBER, True)})),
        ("{ [key: string]: number }", Shape({}, (), NUMBER)),
        ("true", Value(True)),
        ("(first: string, ...rest: number[]) => Promise<void>", UNKNOWN),
        ("[string, number]", UNKNOWN),
        ("Item['name']", UNKNOWN),
        ("typeof VALUES[number]", UNKNOWN),
        ("One extends { a: string } ? 'a' : 'b'", Word("One")),
    ],
)
def test_types_are_read_as_they_are_written(tmp_path: Path, text: str, type: Type) -> None:
    assert read_type(tmp_path, text) == type


FILES = {
    "client.d.ts": """
        import * as API from "./resources/index.js";
        export declare class Anthropic extends Base<API.Shelf> {
            #private;
            books: API.Shelf;
            constructor(options?: { key: string });
            [Symbol.iterator](): Iterator<string>;
        }
    """,
    "resources/index.d.ts": """
        export * from "./shared.js";
        export { Shelf, type Book as Volume, } from "./shelf.js";
    """,
    "resources/shared.d.ts": "export interface Named { name: string }",
    "resources/shelf.d.ts": """
        import { type Named as Called } from "./shared.js";
        export declare const VALUES: readonly ['a'];
        export declare function open(path: string): { done: boolean; };
        /** A comment; with 'everything' { in it. */
        export declare class Shelf {
            list(query?: Shelf.Query | null | undefined, options?: Options): APIPromise<Array<Book>>;
            find<Wanted extends Shelf.Query>(query: Wanted): Book; // a comment
            find(id: string): Book;
        }
        export interface Book extends Called {
            pages: number;
        }
        export declare namespace Shelf {
            interface Query { kind?: Kind; }
            type Kind = 'thin' | 'thick';
            export { type Book as Book };
        }
    """,
}


@pytest.fixture
def client(tmp_path: Path) -> Path:
    (tmp_path / "resources").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "client.d.ts"


def test_methods_are_found_through_the_client(client: Path) -> None:
    [way], scope = package.methods(client, "books.list")

    assert [*way.parameters] == ["query", "options"]
    assert way.returned == Word("APIPromise", (Word("Array", (Word("Book"),)),))
    query, *nothing = package.options(Known(way.parameters["query"].type, scope))
    assert query.type == Shape({"kind": Field(Word("Kind"), False)})
    assert [one.type for one in nothing] == [Word("null"), Word("undefined")]


def test_a_parameter_of_a_method_is_what_limits_it(client: Path) -> None:
    ways, _ = package.methods(client, "books.find")

    assert [[field.type for field in way.parameters.values()] for way in ways] == [[Word("Shelf.Query")], [TEXT]]


def test_names_are_found_where_they_are_declared(client: Path) -> None:
    index = Scope(client.parent / "resources" / "index.d.ts")
    fields = package.fields(Known(Word("Volume"), index))

    assert fields
    assert [*fields.named] == ["name", "pages"]
    assert package.find("Named", index)
    assert package.find("Elsewhere", index) is None


def test_a_namespace_sees_its_own_names(client: Path) -> None:
    shelf = Scope(client.parent / "resources" / "shelf.d.ts")
    fields = package.fields(Known(Word("Shelf.Query"), shelf))

    assert fields
    kind, scope = fields.named["kind"]
    assert [one.type for one in package.options(Known(kind.type, scope))] == [Value("thin"), Value("thick")]
