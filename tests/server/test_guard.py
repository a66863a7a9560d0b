"""Who may use the control API: attacks on it are turned away, and those it is for come through."""

import re

import pytest

from mockgw.server.guard import Denied, Guard, is_loopback, new_token, token_for
from mockgw.settings import Settings

HERE = {"host": "127.0.0.1:6625"}


def denied(guard: Guard, headers: dict[str, str], **options: bool) -> Denied:
    with pytest.raises(Denied) as raised:
        guard.check(headers, **options)
    return raised.value


def guard(host: str = "127.0.0.1", *hosts: str, token: str = "") -> Guard:
    return Guard(host, hosts, token)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:6625", "localhost:6625", "LOCALHOST", "localhost.", "[::1]:6625", "127.8.8.8", "mock.localhost:1"],
)
def test_this_machine_has_many_names(host: str) -> None:
    guard().check({"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:6625",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example, localhost",
        "localhost:6625:1",
        "[::1",
        "192.168.1.5:6625",
        "0.0.0.0:6625",
        "127.0.0.1/evil",
        "2130706433.example",
        "localhost evil",
        "x" * 10_000,
        "evil.example#localhost",
        "evil.example\x00localhost",
    ],
)
def test_a_name_that_is_not_this_machines_may_be_a_page_in_disguise(host: str) -> None:
    found = denied(guard(), {"host": host})
    assert (found.status, found.kind) == (403, "host")
    assert len(found.message) < 12_000


def test_the_message_says_what_to_pass() -> None:
    assert "--allow-host gateway.test (or MOCKGW_ALLOW_HOST)" in denied(guard(), {"host": "gateway.test:6625"}).message
    guard("127.0.0.1", "gateway.test").check({"host": "Gateway.Test:6625"})


def test_the_address_it_listens_on_is_a_name_of_it() -> None:
    guard("192.168.1.5", token="t").check({"host": "192.168.1.5:6625", "x-mockgw-token": "t"})
    assert denied(guard("192.168.1.5", token="t"), {"host": "192.168.1.6"}).kind == "host"


def test_on_all_addresses_every_address_is_one_of_it_but_no_name() -> None:
    everywhere = guard("0.0.0.0", token="t")
    everywhere.check({"host": "192.168.1.5:6625", "x-mockgw-token": "t"})
    everywhere.check({"host": "[fe80::1]:6625", "x-mockgw-token": "t"})
    assert denied(everywhere, {"host": "mockgw:6625", "x-mockgw-token": "t"}).kind == "host"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:6625", "http://127.0.0.1:6625/"[:-1], "HTTP://127.0.0.1:6625"])
def test_a_page_of_its_own_comes_through(origin: str) -> None:
    guard().check({**HERE, "origin": origin, "sec-fetch-site": "same-origin"})


def test_default_ports_need_not_be_said() -> None:
    guard().check({"host": "localhost", "origin": "http://localhost:80"})
    guard().check({"host": "localhost:443", "origin": "https://localhost"})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:6625"},  # another origin than 127.0.0.1, as browsers see it
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://127.0.0.1:6625@evil.example"},
        {"origin": "http://127.0.0.1:6625.evil.example"},
        {"origin": "file://127.0.0.1:6625"},
        {"origin": "http://[::1"},
        {"origin": "http://127.0.0.1:6625, http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "what comes next"},
        {"origin": "http://127.0.0.1:6625", "sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
def test_pages_from_elsewhere_are_turned_away(headers: dict[str, str]) -> None:
    found = denied(guard(), {**HERE, **headers})
    assert (found.status, found.kind) == (403, "origin")
    assert denied(guard(token="t"), {**HERE, **headers, "x-mockgw-token": "t"}).kind == "origin"


def test_what_a_person_types_into_a_browser_comes_through() -> None:
    guard().check({**HERE, "sec-fetch-site": "none"})


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer s3cret"}, {"authorization": "bearer  s3cret "}, {"x-mockgw-token": "s3cret"}]
)
def test_who_has_the_token_comes_through(headers: dict[str, str]) -> None:
    guard("0.0.0.0", token="s3cret").check({**HERE, **headers})


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "no token was sent"),
        ({"authorization": "Bearer"}, "no token was sent"),
        ({"authorization": "Basic s3cret"}, "no token was sent"),
        ({"authorization": "Bearer s3cre"}, "the token that was sent is another one"),
        ({"x-mockgw-token": "s3cret2"}, "the token that was sent is another one"),
        ({"x-mockgw-token": "s\u00e9cret"}, "the token that was sent is another one"),
        ({"x-mockgw-token": "wrong", "authorization": "Bearer s3cret"}, "the token that was sent is another one"),
    ],
)
def test_who_has_it_not_is_turned_away(headers: dict[str, str], told: str) -> None:
    found = denied(guard("0.0.0.0", token="s3cret"), {**HERE, **headers})
    assert (found.status, found.kind, found.headers) == (401, "token", {"www-authenticate": "Bearer"})
    assert told in found.message
    assert "s3cret" not in found.message


def test_health_needs_no_token_but_a_name_that_is_known() -> None:
    guard("0.0.0.0", token="t").check(HERE, without_token=True)
    assert denied(guard("0.0.0.0", token="t"), {"host": "evil.example"}, without_token=True).kind == "host"


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("", False),
        ("::", False),
        ("mockgw", False),
        ("10.0.0.1", False),
    ],
)
def test_a_token_is_made_where_others_can_ask(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
    assert bool(token_for(Settings(host=host))) is not alone
    assert token_for(Settings(host=host, token="mine")) == "mine"


def test_tokens_are_not_guessed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[\w-]{32}", token) for token in tokens)


def test_settings_do_not_show_the_token() -> None:
    assert "s3cret" not in repr(Settings(token="s3cret"))
