from typing import Any

from mockgw.testing import contains
from tests.testing.gateways import ask, asked, in_process


def test_a_prompt_a_body_and_a_request_are_explained() -> None:
    asked_about: list[tuple[Any, str]] = [("weather", "a prompt"), (asked("weather"), "a body")]
    with in_process() as gw:
        gw.on(prompt=contains("weather"), header={"x-team": "blue"}).reply("Sunny.", id="sun")
        ask(gw, "weather")
        for what, name in [*asked_about, (gw.requests[0], gw.requests[0].id)]:
            told = gw.explain(what)
            assert name in told.splitlines()[0]
            assert "answer    400 by mockgw itself (no_match)" in told
        assert "answer    200 by sun" in gw.explain("weather", headers={"X-Team": "blue"})
        assert len(gw.requests) == 1
