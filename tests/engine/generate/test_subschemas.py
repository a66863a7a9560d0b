from mockgw.engine.generate.subschemas import Subschema, Unmet, joined, steps

PART = Subschema({"anyOf": [True, {"const": 1}], "properties": {"a/b~c": {"type": "null"}}}, "/$defs/x y")


def test_a_part_knows_its_place() -> None:
    assert PART.below("properties", "a/b~c").pointer == "/$defs/x y/properties/a~1b~0c"
    assert [branch.pointer for branch in PART.each("anyOf")] == ["/$defs/x y/anyOf/0", "/$defs/x y/anyOf/1"]


def test_all_children_are_found() -> None:
    assert [child.schema for child in PART.children()] == [True, {"const": 1}, {"type": "null"}]


def test_a_boolean_has_no_keywords() -> None:
    assert (Subschema(True).get("type"), Subschema(True).has("type"), list(Subschema(False).children())) == (
        None,
        False,
        [],
    )


def test_a_part_stands_for_itself_elsewhere() -> None:
    assert PART.whole == {"$ref": "mockgw:schema#/%24defs/x%20y"}
    assert PART.instead({"const": 2}).whole == {"const": 2}


def test_what_is_made_keeps_the_place_that_it_was_made_for() -> None:
    assert PART.instead({"not": {"const": 2}}).below("not").pointer == "/$defs/x y"


def test_steps_and_pointers_are_inverses() -> None:
    names = ["a/b", "c~d", "é ü", "%25"]

    assert steps("/a~1b/c~0d/%C3%A9%20%C3%BC/%2525") == names
    assert joined("", *names) == "/a~1b/c~0d/é ü/%25"


def test_a_refusal_reads_as_a_sentence() -> None:
    assert str(Unmet("", "allows no value")) == "its top allows no value"
    assert len(str(Unmet("/x" * 500, "allows no value"))) == 217
