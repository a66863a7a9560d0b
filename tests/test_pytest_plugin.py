import os
import re
import subprocess
import sys
from importlib.metadata import entry_points

import anthropic
import pytest

import mockgw.testing.pytest_support  # noqa: F401 - here, and not in each of the runs below anew
from mockgw.testing import Gateway
from mockgw.testing.complaints import strict
from tests.testing.gateways import in_process

pytest_plugins = ["pytester"]

IN_FRONT = """
import os
import anthropic
import pytest
from mockgw.testing import contains

def ask(prompt="Hi", **options):
    with anthropic.Anthropic(**{"max_retries": 0, **options}) as sdk:
        messages = [{"role": "user", "content": prompt}]
        message = sdk.messages.create(model="claude-opus-5-5", max_tokens=100, messages=messages)
    return message.content[0].text

def swallow(prompt="Hi"):
    try:
        ask(prompt)
    except anthropic.APIError:
        pass
"""
ARGUMENTS = ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:hypothesispytest"]
INSTALLED = any(one.name == "mockgw" for one in entry_points(group="pytest11"))


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """What a run imports only when it needs it is imported here, once: a run forgets what it has imported."""
    with in_process("sequence", "rate-limited") as gateway:
        gateway.error(429)
        gateway.reply("{{ fake.name() }}")
        with anthropic.Anthropic(base_url=gateway.url, api_key="k", http_client=http(gateway)) as sdk:
            assert sdk.models.list().data
        assert gateway.env
        assert gateway.unmatched == ()
        assert strict(gateway)


def http(gateway: Gateway) -> anthropic.DefaultHttpxClient:
    return anthropic.DefaultHttpxClient(transport=gateway.transport())


@pytest.fixture(autouse=True)
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI, pytest says the whole of each failure twice."""
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)


def ran(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """What a run of these tests says."""
    pytester.makepyfile(IN_FRONT + tests)
    plugin = () if INSTALLED else ("-p", "mockgw.pytest_plugin")
    return pytester.runpytest_inprocess(*ARGUMENTS, *plugin, *arguments)


def test_it_is_there_when_mockgw_is_installed() -> None:
    [found] = [one for one in entry_points(group="pytest11") if one.name == "mockgw"]
    assert found.value == "mockgw.pytest_plugin"


def test_the_real_sdk_is_led_here_without_being_told(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_one(mockgw):
    mockgw.reply("Hello.")
    assert ask() == "Hello."
    assert mockgw.verify(prompt="Hi", times=1)
    assert mockgw.url == os.environ["ANTHROPIC_BASE_URL"]
""",
    )
    result.assert_outcomes(passed=1)


def test_the_only_key_is_an_api_key(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "real")
    result = ran(
        pytester,
        """
def test_one(mockgw):
    assert os.environ["ANTHROPIC_API_KEY"] == "mock"
    assert "ANTHROPIC_AUTH_TOKEN" not in {**os.environ, **mockgw.env}
""",
    )
    result.assert_outcomes(passed=1)


def test_a_swallowed_miss_fails_the_test_with_the_explanation(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_one(mockgw):
    mockgw.on(prompt=contains("weather")).reply("Sunny.")
    swallow("How is the Weather?")
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "mockgw had no answer to 1 request:",
            "*POST /v1/messages: 400 no_match (req_*)",
            "*Nearest is override-1 (test_*.py:*), which differs in prompt: *(upper and lower case differ*",
            '*A rule for it: mockgw.on(prompt="How is the Weather?").reply("Hello.")',
        ]
    )
    assert result.stdout.str().count("Nearest is") == 1


def test_a_test_that_fails_anyway_has_the_explanation_in_a_section(pytester: pytest.Pytester) -> None:
    result = ran(pytester, "def test_one(mockgw):\n    swallow()\n    assert 1 == 2\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*- mockgw -*", "mockgw had no answer to 1 request:"])
    assert result.stdout.str().count("has no rule yet") == 1


def test_a_client_of_another_test_is_told_of(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
made = []

def test_one(mockgw):
    mockgw.reply("Hi.")
    made.append(anthropic.Anthropic(max_retries=0))

def test_two(mockgw):
    mockgw.reply("Hi.")
    with made[0] as sdk:
        messages = [{"role": "user", "content": "Hi"}]
        sdk.messages.create(model="claude-opus-5-5", max_tokens=9, messages=messages)

def test_three(mockgw, mockgw_server):
    assert mockgw_server.strays() == []
""",
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- mockgw -*",
            "1 request came to a session that no test has now:",
            "*POST /v1/messages to 'test_one-*': 400 (req_*)",
            "A client that was made in another test still asks there: *",
        ]
    )


def test_any_refusal_of_mockgws_own_counts(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_one(mockgw):
    mockgw.replies("once", then="error")
    ask()
    swallow("again")
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*400 used_up*"])


def test_unmatched_requests_may_be_allowed(pytester: pytest.Pytester) -> None:
    tests = "@pytest.mark.mockgw(allow_unmatched=True)\ndef test_one():\n    swallow()\n"
    ran(pytester, tests).assert_outcomes(passed=1)


def test_errors_that_were_scripted_are_no_misses(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_one(mockgw):
    mockgw.error(401)
    with pytest.raises(anthropic.AuthenticationError):
        ask()
""",
    )
    result.assert_outcomes(passed=1)


def test_a_miss_after_the_test_is_an_error_of_its_end(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
@pytest.fixture
def app(mockgw):
    yield
    swallow("bye")

def test_one(app):
    pass
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_one*", "mockgw had no answer to 1 request:"])


def test_what_was_missed_before_the_test_is_told_when_it_cannot_begin(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
@pytest.fixture
def app(mockgw):
    swallow("begin")
    raise RuntimeError("no app")

def test_one(app):
    pass
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*- mockgw -*", '*mockgw.on(prompt="begin")*'])


def test_a_marker_names_files_beside_the_test_and_in_the_rootdir(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", root="reply: from the root")
    pytester.mkdir("inner").joinpath("near.yaml").write_text("reply: '{{ fake.name() }}'")
    pytester.path.joinpath("inner", "test_it.py").write_text(
        IN_FRONT
        + """
@pytest.mark.mockgw("near.yaml", seed=1)
@pytest.mark.parametrize("n", [1])
def test_near(n):
    assert ask()

@pytest.mark.mockgw("root.yaml")
def test_root(mockgw):
    assert ask() == "from the root"

def test_load(mockgw):
    mockgw.load("near.yaml", "root.yaml")
    assert ask()
    assert mockgw.requests[0].scenario == "near"

@pytest.mark.mockgw("sequence", "rate-limited", scenario="rate-limited", time_scale=0)
def test_shipped(mockgw):
    with pytest.raises(anthropic.RateLimitError):
        ask()
    assert mockgw.requests[0].scenario == "rate-limited"
"""
    )
    ran(pytester, "", "inner").assert_outcomes(passed=4)


def test_strict_asks_for_every_rule_and_every_expectation(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", two="rules: [{match: {prompt: a}, reply: x, expect: 2}, {match: {prompt: b}, reply: y}]")
    tests = """
pytestmark = pytest.mark.mockgw("two.yaml")

def test_lax():
    ask("a")

@pytest.mark.mockgw(strict=True)
def test_strict():
    ask("a")

@pytest.mark.mockgw(strict=True)
def test_content():
    assert [ask("a"), ask("b"), ask("a")] == ["x", "y", "x"]
"""
    result = ran(pytester, tests)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["1 rule never answered: rule-2 (two.yaml:1)", "*answered 1 request*expected 2 answers*"]
    )


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ('"no.yaml"', "no.yaml: there is no such file in *"),
        ('"wrong.yaml"', "*wrong.yaml:1:1: unknown key 'repl'; did you mean 'reply'?"),
        ("sede=1", "mark mockgw: unknown argument 'sede'; did you mean 'seed'?"),
        ('strict="yes"', "mark mockgw: 'strict' takes True or False, found 'yes'"),
        ('scenario="x"', "mark mockgw: 'scenario' says which of several files answers; name them too"),
    ],
)
def test_a_marker_that_cannot_be_meant(pytester: pytest.Pytester, mark: str, told: str) -> None:
    pytester.makefile(".yaml", wrong="repl: x")
    result = ran(pytester, f"@pytest.mark.mockgw({mark})\ndef test_one():\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    assert "Traceback" not in result.stdout.str()


def test_a_forgotten_answer_is_told_beside_the_miss(pytester: pytest.Pytester) -> None:
    result = ran(pytester, 'def test_one(mockgw):\n    mockgw.on(prompt="Hi")\n    swallow()')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*no_match*", "  *.py:18: on(prompt='Hi') has no answer, so it is no rule: *"])
    result.stdout.no_fnmatch_line("1 request came:")


def test_the_report_of_a_failed_test_has_what_came(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_wrong(mockgw):
    mockgw.on(prompt="Hi").reply("Hello.")
    assert ask() == "Bye."

def test_idle(mockgw):
    assert False
""",
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["1 request came:", '  POST /v1/messages "Hi": 200 by override-1 (*.py:*)', "no request came"]
    )


def test_a_scenario_that_the_marker_names_is_no_flag(pytester: pytest.Pytester) -> None:
    result = ran(pytester, '@pytest.mark.mockgw("hello", scenario="helo")\ndef test_one(): pass')
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["scenario helo: no such scenario is loaded; did you mean 'hello'?*"])


MISTAKES = {
    "a rule": 'mockgw.on(promt="x").reply("y")',
    "a file": 'mockgw.load("nowhere.yaml")',
    "a question": 'mockgw.verify(promt="x")',
    "a fault": 'mockgw.fault("truncat")',
    "the clock": 'mockgw.clock.advance("two hours")',
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_shown_where_the_test_made_it(pytester: pytest.Pytester, mistake: str) -> None:
    result = ran(pytester, f"def test_one(mockgw):\n    {mistake}", "--tb=short")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"    {mistake}"])
    result.stdout.no_fnmatch_line(f"*{os.sep}mockgw{os.sep}*.py:*")


def test_the_whole_way_to_it_is_shown_to_who_wants_it(pytester: pytest.Pytester) -> None:
    result = ran(pytester, 'def test_one(mockgw):\n    mockgw.fault("truncat")', "--full-trace")
    result.stdout.fnmatch_lines(["*loader.py:*: ScenarioError"])


def test_the_marker_is_registered(pytester: pytest.Pytester) -> None:
    result = ran(pytester, "", "--markers", "--strict-markers")
    result.stdout.fnmatch_lines(["@pytest.mark.mockgw(*paths, scenario=None, seed=None*"])


def test_each_test_begins_anew_and_leaves_nothing_behind(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
before = dict(os.environ)
urls = []

@pytest.mark.parametrize("n", [1, 2, 3])
def test_one(mockgw, n):
    urls.append(mockgw.url)
    mockgw.replies("first", "second")
    mockgw.fault("html_error_page", times=1)
    mockgw.clock.advance("1h")
    swallow()
    assert ask() == "first"

class TestAfter:
    def test_nothing_is_left(self, mockgw_server):
        assert dict(os.environ) | {"PYTEST_CURRENT_TEST": ""} == before | {"PYTEST_CURRENT_TEST": ""}
        assert len(set(urls)) == 3
        pipeline = mockgw_server._host.pipeline
        assert pipeline.sessions.all(pipeline.clock.now()) == []
        assert len(pipeline.journal) == 0
""",
    )
    result.assert_outcomes(passed=4)


def test_a_client_that_is_made_by_another_fixture_is_led_here_too(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
@pytest.fixture(autouse=True)
def url():
    return os.environ.get("ANTHROPIC_BASE_URL")

@pytest.fixture
def client():
    with anthropic.Anthropic() as sdk:
        yield sdk

def test_one(client, url, mockgw):
    assert str(client.base_url).rstrip("/") == url == mockgw.url
""",
    )
    result.assert_outcomes(passed=1)


def test_asyncio_tests(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
pytestmark = pytest.mark.anyio

@pytest.fixture
def anyio_backend():
    return "asyncio"

async def test_one(mockgw):
    import asyncio
    mockgw.on(stream=True).reply("One two.")
    async with anthropic.AsyncAnthropic() as sdk:
        async def talk():
            messages = [{"role": "user", "content": "Hi"}]
            async with sdk.messages.stream(model="claude-opus-5-5", max_tokens=9, messages=messages) as stream:
                return await stream.get_final_text()
        talking = asyncio.create_task(talk())
        await mockgw.wait_async(prompt="Hi")
        assert await talking == "One two."

async def test_swallowed(mockgw):
    swallow()
""",
    )
    result.assert_outcomes(passed=1, failed=1)


def test_unittest_classes(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
import unittest

@pytest.mark.mockgw("sequence")
class TestThem(unittest.TestCase):
    def test_by_marker(self):
        self.assertEqual(ask(), "The first answer.")

    def test_fails_anyway(self):
        swallow()
        self.assertEqual(1, 2)

class TestFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def with_gateway(self, mockgw):
        self.gateway = mockgw

    def test_by_fixture(self):
        self.gateway.reply("Hi.")
        self.assertEqual(ask(), "Hi.")

    def test_missed(self):
        swallow()
""",
    )
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["mockgw had no answer to 1 request:"])


def test_a_test_that_is_expected_to_fail_does(pytester: pytest.Pytester) -> None:
    tests = '@pytest.mark.xfail(strict=True, reason="no rule")\ndef test_one(mockgw):\n    swallow()\n'
    ran(pytester, tests).assert_outcomes(xfailed=1)


def test_a_skipped_test_is_skipped(pytester: pytest.Pytester) -> None:
    ran(pytester, 'def test_one(mockgw):\n    swallow()\n    pytest.skip("why")\n').assert_outcomes(skipped=1, errors=1)


def test_streams_that_are_left_open_keep_nobody_from_ending(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
kept = []

@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [1, 2])
def test_one(mockgw, n):
    mockgw.reply("one two three four", pace={"tps": 0.01})
    sdk = anthropic.Anthropic()
    messages = [{"role": "user", "content": "Hi"}]
    stream = sdk.messages.create(model="claude-opus-5-5", max_tokens=9, messages=messages, stream=True)
    next(iter(stream))
    kept.append((sdk, stream))

def test_closed():
    for sdk, stream in kept:
        stream.close()
        sdk.close()
""",
    )
    result.assert_outcomes(passed=3)


def test_a_gateway_for_a_module(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
@pytest.fixture(scope="module")
def shared(mockgw_server):
    gateway = mockgw_server.session("shared", "sequence", seed=2)
    assert gateway.url.startswith(mockgw_server.url)
    yield gateway
    gateway.end()

def test_one(shared):
    assert ask(base_url=shared.url, api_key="k") == "The first answer."

def test_two(shared, mockgw):
    mockgw.reply("own")
    assert ask(base_url=shared.url, api_key="k") == "The second answer."
    assert ask() == "own"
""",
    )
    result.assert_outcomes(passed=2)


def test_the_same_seed_gives_the_same_answer_in_each_run(pytester: pytest.Pytester) -> None:
    tests = 'def test_one(mockgw):\n    mockgw.reply("{{ fake.name() }}")\n    print("drawn:", ask())\n'
    drawn = [re.findall("drawn: .*", ran(pytester, tests, "-s").stdout.str()) for _ in range(2)]
    assert len(drawn[0]) == 1
    assert drawn[0] == drawn[1]


def test_workers_have_a_server_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        IN_FRONT
        + """
@pytest.mark.parametrize("n", range(6))
def test_one(mockgw, n, worker_id):
    mockgw.replies(f"{n} first", f"{n} second")
    assert [ask(), ask("again")] == [f"{n} first", f"{n} second"]
"""
    )
    plugin = () if INSTALLED else ("-p", "mockgw.pytest_plugin")
    arguments = ["-n", "2", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    pytester.runpytest_subprocess(*arguments, *plugin).assert_outcomes(passed=6)


def test_without_the_plugin_there_is_no_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(mockgw):\n    pass\n")
    result = pytester.runpytest_inprocess(*ARGUMENTS, "-p", "no:mockgw", "-p", "no:mockgw.pytest_plugin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'mockgw' not found"])


def test_it_costs_nothing_until_it_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_one():
            assert [name for name in sys.modules if name.startswith("mockgw")] == ["mockgw", "mockgw.pytest_plugin"]
        """
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [] if INSTALLED else ["-p", "mockgw.pytest_plugin"]
    finished = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=False, env=os.environ)
    assert finished.returncode == 0, finished.stdout
