"""Calls: which requests are tries of one call; no more of a request is looked at than must be."""

import random

import pytest

from mockgw.engine.calls import Call, Calls, Likeness


class Seen(Likeness):
    """What tells a request from others, counting how often all of it is looked at."""

    def __init__(self, rough: str, exact: str, looks: list[str]) -> None:
        super().__init__(rough, lambda: looks.append(exact) or exact)  # type: ignore[func-returns-value]  # on purpose


def test_what_is_roughly_like_no_other_is_not_looked_at() -> None:
    looks: list[str] = []
    calls = Calls()
    for number in range(3):
        one, other = calls.begin(Seen("a", f"a{number}", looks)), calls.begin(Seen("b", f"b{number}", looks))
        calls.end(one, whole=True)
        calls.end(other, whole=True)
    assert looks == []


def test_what_is_roughly_like_another_is_looked_at_once() -> None:
    looks: list[str] = []
    calls = Calls()
    for number in range(3):
        calls.begin(Seen("a", f"a{number}", looks))
    assert looks == ["a0", "a1", "a2"]


def test_what_waits_for_a_retry_is_looked_at_and_let_go_of() -> None:
    looks: list[str] = []
    calls = Calls()
    call = calls.begin(Seen("a", "a", looks))
    calls.end(call, whole=False)
    assert calls.begin(Seen("a", "a", looks)) is call
    assert looks == ["a", "a"]


class Plain:
    """The same, told in the simplest way: every request is looked at."""

    def __init__(self) -> None:
        self.open: list[list[object]] = []  # exact, tries, in flight

    def begin(self, exact: str) -> list[object]:
        call = next((call for call in self.open if call[0] == exact and not call[2]), None)
        if call is None:
            call = [exact, 0, False]
            self.open.append(call)
        call[1:] = [int(str(call[1])) + 1, True]
        return call

    def end(self, call: list[object], *, whole: bool) -> None:
        call[2] = False
        here = any(one is call for one in self.open)
        if whole and here:
            self.open = [one for one in self.open if one is not call]
        elif not whole and not here:
            self.open.append(call)


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_same_as_to_look_at_every_request(seed: int) -> None:
    rng = random.Random(seed)
    calls, plain = Calls(), Plain()
    begun: list[tuple[Call, list[object]]] = []
    for _ in range(300):
        if rng.random() < 0.5 or not begun:
            exact = rng.choice(["a1", "a2", "a3", "b1", "c1"])
            begun.append((calls.begin(_like(exact)), plain.begin(exact)))
            assert begun[-1][0].tries == begun[-1][1][1]
        else:
            one, other = rng.choice(begun)
            whole = rng.random() < 0.7
            calls.end(one, whole=whole)
            plain.end(other, whole=whole)
    for one, _ in begun:
        calls.end(one, whole=True)
    assert vars(calls) == vars(Calls())


def _like(exact: str) -> Likeness:
    return Likeness(exact[0], lambda: exact)
