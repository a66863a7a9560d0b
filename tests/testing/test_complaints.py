from mockgw.testing import complaints, contains
from tests.testing.gateways import ask, in_process


def test_what_was_refused_is_told_with_a_rule_for_it() -> None:
    with in_process() as gw:
        gw.on(prompt=contains("weather")).reply("Sunny.")
        ask(gw, "The Weather")
        ask(gw, "The Weather")
        ask(gw, "x" * 70)
        requests = complaints.refused(gw, set())
        told = complaints.of_refused(requests)
        assert told.splitlines()[0] == "mockgw had no answer to 3 requests:"
        assert "POST /v1/messages: 400 no_match, 2 times (req_" in told
        assert "found 'The Weather' (upper and lower case differ" in told
        assert 'A rule for it: mockgw.on(prompt="The Weather").reply("Hello.")' in told
        assert f'A rule for it: mockgw.on(prompt={{"starts_with": "{"x" * 60}"}}).reply("Hello.")' in told


def test_a_rule_without_an_answer_is_told() -> None:
    with in_process() as gw:
        gw.on(prompt=contains("weather"))
        told = complaints.of_unanswered(gw)
        assert told.endswith(
            ": on(prompt={'contains': 'weather'}) has no answer, so it is no rule: add .reply(\"Hello.\")"
        )
        assert complaints.strict(gw) == told


def test_all_that_came_is_told_in_short() -> None:
    with in_process() as gw:
        assert complaints.of_all(gw) == "no request came"
        rule = gw.on(prompt=contains("weather")).reply("Sunny.")
        ask(gw, "The weather")
        ask(gw, "x" * 70)
        assert complaints.of_all(gw).splitlines() == [
            "2 requests came:",
            f'  POST /v1/messages "The weather": 200 by {rule.id} ({rule.rule.place})',
            f'  POST /v1/messages "{"x" * 60}…": 400 by no_match',
        ]


def test_of_many_that_came_the_last_are_told() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        for number in range(12):
            ask(gw, str(number))
        first, second, *_ = complaints.of_all(gw).splitlines()
        assert first == "12 requests came; the last 10:"
        assert second.startswith('  POST /v1/messages "2": 200')


def test_what_is_known_is_not_told_again() -> None:
    with in_process() as gw:
        ask(gw)
        [request] = complaints.refused(gw, set())
        assert complaints.refused(gw, {request.id}) == []


def test_one_without_a_prompt_has_a_rule_too() -> None:
    with in_process() as gw:
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
        call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
        messages = [
            {"role": "user", "content": "<system-reminder>a</system-reminder>"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
        ask(gw, messages=messages)
        assert '{"present": False}' in complaints.of_refused(complaints.refused(gw, set()))


def test_other_refusals_have_no_rule() -> None:
    with in_process() as gw:
        gw.replies("one", then="error")
        ask(gw, "a")
        ask(gw, "b")
        told = complaints.of_refused(complaints.refused(gw, set()))
        assert "400 used_up" in told
        assert "A rule for it" not in told


def test_strict_tells_of_rules_and_expectations() -> None:
    with in_process() as gw:
        gw.reply("Hi.", id="often", expect=2)
        assert complaints.strict(gw).startswith("1 rule never answered: often (test_complaints.py:")
        ask(gw)
        assert complaints.strict(gw).startswith("often (test_complaints.py:")
        ask(gw, "again")
        assert complaints.strict(gw) == ""
