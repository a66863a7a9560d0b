"""A few thousand mutants of what `make soak` asks a hundred thousand of; and that a failure would be noticed."""

import sys
from collections import Counter
from pathlib import Path
from subprocess import run

import orjson
import pytest

from tests.fuzz import fuzzing, wire
from tests.fuzz.fuzzing import DIALECTS, LEVELS, Answer, Gateways, leads_somewhere, path_of, problem
from tests.fuzz.mutations import mutants
from tests.fuzz.seeds import PATH, Seed, seeds

PROJECT = Path(__file__).parent.parent.parent


def test_mutants_meet_no_failure_of_ours() -> None:
    tally = fuzzing.run(seed=0, count=1500)

    assert tally.problems == []
    assert min(tally.statuses[200], tally.statuses[400]) > 400


def test_over_the_wire_it_is_the_same() -> None:
    tally = wire.run(seed=1, count=100)

    assert tally.problems == []
    assert tally.statuses == fuzzing.run(seed=1, count=100).statuses


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_what_mutants_are_made_of_meets_no_failure_either(seed: Seed) -> None:
    """Not all of it is right for all: each dialect has parameters, and each run signatures of its own."""
    answers = [
        Gateways().ask(level, dialect, seed, orjson.dumps(seed.body)) for level in LEVELS for dialect in DIALECTS
    ]

    assert answers[0].status == 200
    assert [problem(answer, orjson.dumps(seed.body), seed.path) for answer in answers] == [""] * len(answers)


@pytest.mark.parametrize("name", ["everything", "forced", "structured"])
def test_strict_has_nothing_against_every_parameter_block_and_tool(name: str) -> None:
    [seed] = [one for one in seeds() if one.name == name]
    for dialect in DIALECTS:
        answer = Gateways().ask("strict", dialect, seed, orjson.dumps(seed.body))
        assert answer.status == 200, answer.body


def test_the_same_seed_has_the_same_mutants() -> None:
    assert list(mutants(3, 50)) == list(mutants(3, 50))
    assert len({raw for _, raw in mutants(3, 50)}) == 50


REFUSAL = {"type": "error", "error": {"type": "invalid_request_error", "message": "messages.0.content.0.text: no"}}
SENT = b'{"messages": [{"content": [{"type": "text"}]}]}'


@pytest.mark.parametrize(
    ("answer", "raw", "found"),
    [
        (Answer(500, b"{}"), SENT, "status 500"),
        (Answer(200, b"{"), SENT, "no JSON"),
        (Answer(200, b"{}"), SENT, "no message"),
        (Answer(200, b"event: ping", stream=True), SENT, "a stream without an end"),
        (Answer(400, b"[]"), SENT, "no envelope: []"),
        (Answer(400, b'{"error": {"message": "no"}}'), SENT, "no envelope: {'error': {'message': 'no'}}"),
        (Answer(400, orjson.dumps(REFUSAL)), SENT, ""),
        (Answer(400, orjson.dumps(REFUSAL)), b"{}", "no such place: messages.0.content.0.text: no"),
    ],
)
def test_what_is_wrong_with_an_answer(answer: Answer, raw: bytes, found: str) -> None:
    assert problem(answer, raw, PATH) == found


def test_a_place_is_found_past_kinds_of_values() -> None:
    body = {"tools": [{"type": "bash", "name": 5}], "container": {}}
    for message in ("tools.0.bash.name: x", "tools.0.custom.name: x", "container.ContainerParams.id: x", "hello: x"):
        assert leads_somewhere(body, path_of(message))
    assert not leads_somewhere(body, path_of("tools.1.custom.name: x"))
    assert not leads_somewhere(body, path_of("tools.0.custom.input.name: x"))


def test_the_soak_test_tells_what_came_of_it() -> None:
    command = [sys.executable, "-m", "benchmarks.soak_requests", "--count", "60", "--wire", "10"]
    ran = run(command, cwd=PROJECT, check=False, capture_output=True, text=True, timeout=100)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "70 mutants in" in ran.stdout
    assert ", 0 problems" in ran.stdout


def test_tallies_add_up() -> None:
    one, other = fuzzing.Tally(), fuzzing.Tally()
    one.note(200, "", "here")
    other.note(500, "KeyError: x", "there")
    one.add(other)

    assert (one.asked, one.statuses, one.problems) == (2, Counter({200: 1, 500: 1}), ["there: KeyError: x"])
