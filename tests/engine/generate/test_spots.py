from mockgw.engine.generate.spots import SHALLOW, Plain, Spot
from mockgw.engine.generate.subschemas import Subschema


def test_room_is_shared_among_the_parts() -> None:
    spot = Spot("a", room=90).below("b", among=3)

    assert (spot.name, spot.depth, spot.room) == ("b", 1, 30)


def test_the_depths_have_no_room() -> None:
    assert Spot(depth=SHALLOW).below("a").room == 0


def test_a_spot_knows_what_it_is_within() -> None:
    facts = (Subschema({}, "/a"), Subschema({}, "/b", made=True))

    assert Spot(open=frozenset({"/x"})).within(facts).open == {"/x", "/a"}


def test_some_facts_have_to_be_checked() -> None:
    checked, plain = Subschema({"not": {}}, "/a"), Subschema({"type": "null"}, "/b")

    assert (Plain((plain, checked)).checked, Plain((plain,)).checked) == (True, False)
    assert (Plain((plain, checked)).all("not"), Plain((plain,)).pointer, Plain().pointer) == ([checked], "/b", "")
