from mockgw.testing import on
from mockgw.testing.given import is_last_resort
from tests.testing.gateways import ask, in_process


def test_a_rule_knows_its_requests_and_can_be_withdrawn() -> None:
    with in_process() as gw:
        rest, weather = gw.reply("rest"), gw.on(prompt="weather").reply("Sunny.")
        asked = [ask(gw, "weather"), ask(gw, "other")]
        assert (asked, [one.prompt for one in weather.requests], rest.called) == (["Sunny.", "rest"], ["weather"], True)
        assert gw.rules == [weather, rest]
        weather.withdraw()
        assert (ask(gw, "weather"), gw.rules) == ("rest", [rest])


def test_a_rule_that_refused_did_not_answer() -> None:
    with in_process() as gw:
        rule = gw.replies("one", then="error")
        assert [ask(gw), ask(gw, "next")] == ["one", "400 used_up"]
        assert len(rule.requests) == 1


def test_which_rules_are_the_last_resort() -> None:
    assert is_last_resort(on().reply("x"))
    assert not is_last_resort(on(stream=True).reply("x"))
    assert not is_last_resort(on().reply("x", times=1))
    assert not is_last_resort(on().reply("x", fallback=True))


def test_a_fault_can_be_withdrawn() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        fault = gw.fault("html_error_page")
        assert (fault.left, ask(gw)) == (None, "502")
        fault.withdraw()
        assert ask(gw) == "Hi."
