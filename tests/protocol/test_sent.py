from mockgw.protocol.sent import REMEMBERED, Sent, read, without_secrets

LINES = [(b"x-mockgw-session", b" mine "), (b"x-mockgw-scenario", b""), (b"content-length", b"12")]


def test_secrets_are_not_kept() -> None:
    headers = {"authorization": "Bearer s3cret", "x-api-key": "s3cret", "cookie": "s3cret", "accept": "*/*"}
    kept = without_secrets(headers)
    assert kept.keys() == headers.keys()
    assert "s3cret" not in repr(kept)
    assert kept["accept"] == "*/*"


def test_headers_say_whose_session_it_is_and_what_is_wished_for() -> None:
    sent = read(LINES)
    assert (sent.session, sent.scenario, sent.fault, sent.unknown) == ("mine", None, None, None)
    assert Sent().session == "default"
    assert Sent({"x-mockgw-scenario": "weather", "x-mockgw-fault": "stall"}).scenario == "weather"


def test_a_header_that_nobody_obeys_is_found() -> None:
    assert read([*LINES, (b"x-mockgw-sesion", b"mine")]).unknown == "x-mockgw-sesion"


def test_the_same_lines_are_read_once() -> None:
    assert read(LINES) is read(list(LINES))
    assert read(LINES) == {"x-mockgw-session": " mine ", "x-mockgw-scenario": "", "content-length": "12"}


def test_one_line_less_is_another_head() -> None:
    assert read(LINES[1:]).session == "default"


def test_no_more_heads_are_remembered_than_there_is_room_for() -> None:
    first = read(LINES)
    for number in range(REMEMBERED):
        read([(b"x-number", str(number).encode())])
    assert read(LINES) is not first
    assert read(LINES) == first


def test_only_what_tells_requests_from_others_counts() -> None:
    keys = [
        Sent({"x-api-key": key, "user-agent": agent}).telling for key, agent in (("a", "x"), ("a", "y"), ("b", "x"))
    ]
    assert keys[0] == keys[1] != keys[2]
