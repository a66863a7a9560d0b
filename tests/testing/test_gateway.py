import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import anthropic
import pytest

from mockgw.errors import MockgwError, ScenarioError, SettingsError
from mockgw.testing import Gateway, contains, on, serve
from tests.testing.gateways import ask, asked, client, in_process


@pytest.fixture
def gw() -> Iterator[Gateway]:
    with in_process() as gateway:
        yield gateway


def test_nothing_is_answered_until_a_rule_is_given(gw: Gateway) -> None:
    assert ask(gw) == "400 no_match"
    gw.reply("Hi.")
    assert ask(gw) == "Hi."


def test_a_reply_alone_is_for_what_no_other_rule_is_for(gw: Gateway) -> None:
    gw.on(prompt=contains("sun")).reply("Sunny.")
    gw.reply("Whatever.")
    assert [ask(gw, "sun"), ask(gw, "moon")] == ["Sunny.", "Whatever."]


def test_the_newest_rule_is_asked_first(gw: Gateway) -> None:
    gw.reply("old")
    gw.on(prompt="a").reply("old a")
    gw.reply("new")
    gw.on(prompt="a").reply("new a")
    assert [ask(gw, "a"), ask(gw, "b")] == ["new a", "new"]


def test_what_is_limited_is_a_script_in_the_order_of_its_writing(gw: Gateway) -> None:
    gw.error(429, times=2, retry_after=0)
    gw.reply("once", times=1)
    gw.on(prompt="a").reply("a")
    gw.on(prompt="a").reply("first a", times=1)
    gw.reply("rest")
    assert [ask(gw, "a") for _ in range(2)] == ["429", "429"]
    assert [ask(gw, "a") for _ in range(3)] == ["once", "first a", "a"]
    assert ask(gw, "b") == "rest"


def test_the_sdks_own_retries_get_through(gw: Gateway) -> None:
    gw.reply("Done.")
    refused = gw.error(429, retry_after=0, times=2)
    assert ask(gw, retries=2) == "Done."
    assert [request.attempt for request in gw.requests] == [1, 2, 3]
    assert [request.status for request in refused.requests] == [429, 429]


def test_rules_of_files_are_between_rules_for_some_and_for_all(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("rules: [{match: {prompt: a}, reply: file a}, {match: {prompt: b}, reply: file b}, {reply: rest}]")
    with in_process(file) as gw:
        assert [ask(gw, "a"), ask(gw, "c")] == ["file a", "rest"]
        gw.reply("mine")
        gw.on(prompt="b").reply("my b")
        assert [ask(gw, "a"), ask(gw, "b"), ask(gw, "c")] == ["file a", "my b", "mine"]


def test_a_rule_with_fallback_comes_last_of_all(gw: Gateway) -> None:
    gw.reply("last", fallback=True)
    assert ask(gw) == "last"
    gw.reply("first")
    assert ask(gw) == "first"


def test_the_yaml_of_a_gateway_answers_as_it_does(gw: Gateway, tmp_path: Path) -> None:
    gw.reply("rest")
    gw.on(prompt="a").reply("old")
    gw.on(prompt="a").reply("new")
    gw.reply("once", times=1)
    file = tmp_path / "pasted.yaml"
    file.write_text(gw.yaml)
    with in_process(file) as pasted:
        assert [ask(pasted, prompt) for prompt in "aaab"] == [ask(gw, prompt) for prompt in "aaab"]


def test_load_answers_from_other_files(gw: Gateway) -> None:
    gw.load("sequence")
    assert ask(gw) == "The first answer."
    gw.on(prompt="mine").reply("Mine.")
    assert [ask(gw, "mine"), ask(gw, model="claude-mock/sequence")] == ["Mine.", "The second answer."]
    with pytest.raises(SettingsError, match=r"sequenze: there is no such file or folder; did you mean 'sequence'\?"):
        gw.load("sequenze")


def test_load_says_what_is_wrong_with_a_file(gw: Gateway, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("repl: x")
    with pytest.raises(ScenarioError, match="unknown key 'repl'; did you mean 'reply'"):
        gw.load(tmp_path / "wrong.yaml")


def test_sessions_share_nothing(gw: Gateway) -> None:
    other = gw.session("other")
    gw.replies("one", "two")
    other.replies("un", "deux")
    gw.clock.advance("1h")
    with other.fault("html_error_page", times=1):
        assert [ask(gw), ask(other), ask(gw), ask(other)] == ["one", "502", "two", "un"]
    assert (len(gw.requests), len(other.requests)) == (2, 2)
    assert other.clock.seconds < 3600 <= gw.clock.seconds


def test_a_session_may_have_a_seed_of_its_own(gw: Gateway) -> None:
    drawn = []
    for name, seed in (("a", 1), ("b", 1), ("a", 2)):
        one = gw.session(name, seed=seed)
        one.reply("{{ fake.name() }} of {{ session }}")
        drawn.append(ask(one))
        one.end()
    again = gw.session("a", seed=1)
    again.reply("{{ fake.name() }} of {{ session }}")
    assert ask(again) == drawn[0]
    assert drawn[0] != drawn[2]


def test_dialect_and_time_scale_may_be_a_sessions_own(gw: Gateway) -> None:
    own = gw.session("own", dialect="anthropic", time_scale=0.0)
    own.reply("late", delay="1h")
    assert ask(own) == "late"
    assert "'code'" not in str(refusal(own.session("none", dialect="anthropic")))
    assert "'code'" in str(refusal(gw.session("plain")))


def refusal(gateway: Gateway) -> object:
    with client(gateway) as sdk, pytest.raises(anthropic.BadRequestError) as refused:
        sdk.messages.create(**asked())
    return refused.value.body


def test_a_name_that_no_session_can_have(gw: Gateway) -> None:
    with pytest.raises(MockgwError, match="a session cannot be called 'a/b'"):
        gw.session("a/b")


def test_a_name_is_part_of_the_url(gw: Gateway) -> None:
    odd = gw.session("my test %")
    odd.reply("Hi.")
    assert odd.url.endswith("/s/my%20test%20%25")
    assert ask(odd) == "Hi."
    assert odd.requests[0].session == "my test %"


def test_reset_begins_anew(tmp_path: Path) -> None:
    with in_process("sequence") as gw:
        gw.on(prompt="Hello").reply("mine")
        gw.fault("html_error_page")
        gw.clock.advance(60)
        ask(gw)
        gw.load("hello")
        gw.reset()
        assert (gw.rules, gw.requests, gw.clock.seconds < 60) == ([], [], True)
        assert ask(gw) == "The first answer."


def test_verify_passes_or_says_what_came_instead(gw: Gateway) -> None:
    gw.reply("Hi.")
    ask(gw, "Weather in Paris")
    assert gw.verify(prompt=contains("Paris"), times=1).count == 1
    assert gw.verify().count == 1
    assert gw.verify(times={"at_most": 3}).outcome == "passed"
    with pytest.raises(AssertionError, match=r"found 'Weather in Paris' \(upper and lower case differ"):
        gw.verify(prompt=contains("paris"))
    with pytest.raises(ValueError, match="unknown key 'promt'; did you mean 'prompt'"):
        gw.verify(promt="x")  # type: ignore[call-arg]  # which mypy knows too


def test_a_condition_without_its_key_is_refused(gw: Gateway) -> None:
    asked_for: list[Callable[..., object]] = [gw.on, gw.verify, on]
    for wrong in asked_for:
        with pytest.raises(MockgwError, match="a condition has a key, as in prompt='Hello'; found 'Hello' without one"):
            wrong("Hello")


def test_a_rule_that_never_got_its_answer_is_known(gw: Gateway) -> None:
    forgotten = gw.on(prompt="a")
    gw.on(prompt="b").reply("Hi.")
    ask(gw, "b")
    gw.verify_order(gw.on(prompt="b"))
    assert gw.unanswered == (forgotten,)
    forgotten.reply("Hi.")
    assert not gw.unanswered


def test_verify_order(gw: Gateway) -> None:
    gw.reply("Hi.")
    for prompt in ("a", "b", "c"):
        ask(gw, prompt)
    assert gw.verify_order({"prompt": "a"}, on(prompt="c")).count == 2
    with pytest.raises(AssertionError, match="did not come after"):
        gw.verify_order({"prompt": "c"}, {"prompt": "a"})


def test_unmatched_unused_and_expectations(gw: Gateway) -> None:
    gw.on(prompt="never").reply("x", id="never")
    gw.on(prompt="twice").reply("x", id="twice", expect=2)
    ask(gw, "twice")
    ask(gw, "no")
    assert [one.kind for one in gw.unmatched] == ["no_match"]
    assert [one.rule for one in gw.unused] == ["never"]
    assert [(one.rule, one.state) for one in gw.expectations] == [("twice", "unmet")]


def test_the_verdict_on_the_client(gw: Gateway) -> None:
    gw.error(429, retry_after=60)
    ask(gw)
    ask(gw)
    assert [one.rule for one in gw.verdict] == ["retry_after_ignored"]


def test_faults_strike_the_next_requests_whatever_is_answered(gw: Gateway) -> None:
    gw.reply("Hi.")
    fault = gw.fault("html_error_page", times=1, status=502)
    assert [ask(gw), ask(gw)] == ["502", "Hi."]
    assert fault.left == 0
    gw.fault("html_error_page", match={"prompt": "a"}, lasting="1m")
    assert [ask(gw), ask(gw, "a")] == ["Hi.", "502"]
    gw.clock.advance(timedelta(minutes=1))
    assert ask(gw, "a") == "Hi."
    with gw.fault(["html_error_page"]) as armed:
        assert ask(gw) == "502"
        assert gw.requests[-1].exchange.chaos == f"html_error_page ({armed.id})"
    assert ask(gw) == "Hi."


def test_an_error_or_a_delay_may_strike_too(gw: Gateway) -> None:
    own = gw.session("own", time_scale=0)
    own.on(prompt="Hello").reply("Hi.")
    own.fault(delay="1h", times=1)
    with own.fault(error=529, times=2):
        assert [ask(own), ask(own), ask(own)] == ["529", "529", "Hi."]
    assert [one.exchange.chaos.partition(" ")[0] for one in own.requests] == ["error:529", "error:529", "delay"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda gw: gw.fault("trunc"), "unknown fault 'trunc'; did you mean 'truncate'?"),
        (lambda gw: gw.fault("truncate", times=0), "'times' is how many requests it strikes; found 0"),
        (lambda gw: gw.fault("truncate", lasting="soon"), "expected a duration such as 250ms"),
        (lambda gw: gw.fault("truncate", match={"promt": "x"}), "unknown key 'promt'; did you mean 'prompt'?"),
        (lambda gw: gw.fault(), "expected exactly one of error, fault and delay; found none"),
        (lambda gw: gw.clock.advance("later"), "expected a duration such as 250ms"),
        (lambda gw: [gw.reply("x", id="a") for _ in range(2)], "there is a rule 'a' already"),
    ],
)
def test_mistakes_are_told(gw: Gateway, wrong: object, told: str) -> None:
    with pytest.raises(MockgwError) as refused:
        wrong(gw)  # type: ignore[operator]
    assert told in str(refused.value)


def test_explain_says_which_rule_would_answer(gw: Gateway) -> None:
    gw.on(prompt="a").reply("A.", id="for-a")
    assert "200 by for-a" in gw.explain("a")
    assert "400 by mockgw itself" in gw.explain({"messages": [{"role": "user", "content": "b"}]})
    assert gw.requests == []


def test_the_environment_leads_a_child_process(tmp_path: Path) -> None:
    program = "import anthropic; print(anthropic.Anthropic().models.list().data[0].id)"
    with serve("sequence") as gw:
        env = {"PATH": "/usr/bin", "HTTP_PROXY": "http://127.0.0.1:1", **gw.env}
        ran = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        assert ran.stdout == "claude-mock/sequence\n"
        assert [one.path for one in gw.exchanges] == ["/v1/models"]
        assert gw.requests == []


def test_any_thread_may_ask_and_tell(gw: Gateway) -> None:
    gw.replies("0", "1", "2", "3", "4", "5", "6", "7", then="error")
    answered: list[str] = []
    threads = [threading.Thread(target=lambda: answered.append(ask(gw, "same"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answered) == list("01234567")


def test_what_is_asked_on_the_servers_own_thread_is_answered(gw: Gateway) -> None:
    assert gw.inside(lambda session: gw.url) == gw.url
    assert gw.inside(lambda session: gw.requests) == []
    assert repr(gw) == f"<mockgw {gw.url}>"
