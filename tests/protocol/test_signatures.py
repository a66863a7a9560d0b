import base64

import pytest

from mockgw.protocol.signatures import HEAD, sign, verdict


def test_a_signature_belongs_to_a_text_and_a_seed() -> None:
    assert sign("a", 1) == sign("a", 1)
    assert len({sign("a", 1), sign("b", 1), sign("a", 2)}) == 3
    assert sign("a", 1).startswith("EqQBCgIYAh")  # as the real API's


def test_what_was_made_is_known_again() -> None:
    assert verdict(sign("a", 1), "a", 1) == "right"
    assert verdict(sign("a", 1), "", 1) == "right"
    assert verdict(sign("", 1), "", 1) == "right"
    assert verdict(sign("a", 1), "b", 1) == "changed"
    assert verdict(sign("a", 2), "a", 1) == "invented"


@pytest.mark.parametrize("place", range(len(base64.b64decode(sign("a", 1)))))
def test_no_byte_can_be_changed(place: int) -> None:
    made = bytearray(base64.b64decode(sign("a", 1)))
    made[place] ^= 1
    assert verdict(base64.b64encode(made).decode(), "a", 1) == "invented"


@pytest.mark.parametrize(
    "signature", ["", "?", "é", "EqQBCgIYAhIM", base64.b64encode(HEAD).decode(), sign("a", 1)[:-4]]
)
def test_what_was_made_elsewhere_is_invented(signature: str) -> None:
    assert verdict(signature, "a", 1) == "invented"
