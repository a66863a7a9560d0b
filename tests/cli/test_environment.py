import pytest

from mockgw.cli.environment import complete, variables

URL = "http://127.0.0.1:1"
ALWAYS = "127.0.0.1,localhost,::1"


def test_no_client_is_left_without_an_address_and_a_key() -> None:
    named = variables(URL)

    assert named["ANTHROPIC_BASE_URL"] == URL
    assert (named["ANTHROPIC_AUTH_TOKEN"], named["ANTHROPIC_API_KEY"]) == ("mock", "")


def test_a_client_that_knows_no_token_is_given_a_key_instead() -> None:
    named = complete(URL, {}, api_key=True)

    assert named["ANTHROPIC_API_KEY"] == "mock"
    assert "ANTHROPIC_AUTH_TOKEN" not in named


@pytest.mark.parametrize("token", ["real", ""])
def test_a_token_that_is_there_gives_way_to_one_that_can_be_sent(token: str) -> None:
    named = complete(URL, {"ANTHROPIC_AUTH_TOKEN": token}, api_key=True)

    assert (named["ANTHROPIC_AUTH_TOKEN"], named["ANTHROPIC_API_KEY"]) == ("mock", "mock")


def test_an_empty_environment_needs_few_words() -> None:
    assert complete(URL, {}) == {**variables(URL), "MOCKGW_URL": URL, "NO_PROXY": ALWAYS, "no_proxy": ALWAYS}


def test_what_would_lead_elsewhere_is_switched_off() -> None:
    inherited = {"CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_USE_VERTEX": "", "ANTHROPIC_MODEL": "mine"}

    completed = complete(URL, inherited)

    assert completed["CLAUDE_CODE_USE_BEDROCK"] == ""
    assert completed.keys().isdisjoint({"CLAUDE_CODE_USE_VERTEX", "ANTHROPIC_MODEL"})


PROXIES = {
    "none": ({}, ALWAYS, ALWAYS),
    "upper case": ({"NO_PROXY": "corp, .intern"}, f"corp,.intern,{ALWAYS}", f"corp,.intern,{ALWAYS}"),
    "lower case": ({"no_proxy": "corp"}, f"corp,{ALWAYS}", f"corp,{ALWAYS}"),
    "both": ({"NO_PROXY": "a", "no_proxy": "b"}, f"a,{ALWAYS}", f"b,{ALWAYS}"),
    "everything": ({"NO_PROXY": "*"}, "*", "*"),
    "named already": ({"NO_PROXY": "localhost"}, "localhost,127.0.0.1,::1", "localhost,127.0.0.1,::1"),
}


@pytest.mark.parametrize(("inherited", "upper", "lower"), PROXIES.values(), ids=PROXIES)
def test_no_proxy_comes_between(inherited: dict[str, str], upper: str, lower: str) -> None:
    completed = complete(URL, inherited)

    assert (completed["NO_PROXY"], completed["no_proxy"]) == (upper, lower)


@pytest.mark.parametrize("host", ["10.0.0.7", "gateway"])
def test_another_host_needs_no_proxy_either(host: str) -> None:
    assert complete(f"http://{host}:1", {})["NO_PROXY"] == f"{ALWAYS},{host}"


def test_a_host_is_named_as_it_is_in_a_list() -> None:
    assert complete("http://[::1]:1", {})["NO_PROXY"] == ALWAYS
