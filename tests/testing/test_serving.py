import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import anthropic
import httpx2
import pytest

import mockgw
from mockgw.errors import PortInUseError, ScenarioError
from mockgw.testing import serve
from tests.support import port_of
from tests.testing.gateways import asked


def test_serve_is_an_attribute_of_the_package() -> None:
    assert mockgw.serve is serve
    with pytest.raises(AttributeError, match="no attribute 'sirve'"):
        mockgw.sirve  # type: ignore[attr-defined]  # noqa: B018


def test_to_import_the_package_imports_nothing_of_it() -> None:
    program = "import sys, mockgw, mockgw.pytest_plugin; print([n for n in sys.modules if n.startswith('mockgw')])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "['mockgw', 'mockgw.pytest_plugin']\n"


def test_a_gateway_answers_the_real_sdk_until_its_block_ends() -> None:
    with serve("hello", session="mine") as gw, anthropic.Anthropic(base_url=gw.url, api_key="k") as sdk:
        assert sdk.messages.create(**asked()).content
        assert [one.session for one in gw.requests] == ["mine"]
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(gw.url)


def test_start_and_stop_without_a_block() -> None:
    gw = serve().start()
    gw.reply("Hi.")
    gw.stop()
    gw.stop()
    assert [thread.name for thread in threading.enumerate() if thread.name == "mockgw"] == []


def test_an_open_stream_does_not_keep_a_gateway_from_ending() -> None:
    with serve() as gw:
        gw.reply("one two three four", pace={"tps": 0.01})
        sdk = anthropic.Anthropic(base_url=gw.url, api_key="k", max_retries=0)
        stream = sdk.messages.create(**asked(), stream=True)
        assert next(iter(stream)).type == "message_start"
    stream.close()
    sdk.close()


def test_settings_are_those_of_the_command_line() -> None:
    with serve("hello", "sequence", scenario="sequence", seed=3, time_scale=0, chaos="error:529=1") as gw:
        sdk = anthropic.Anthropic(base_url=gw.url, api_key="k", max_retries=0)
        with sdk, pytest.raises(anthropic.InternalServerError):
            sdk.messages.create(**asked())
        [request] = gw.requests
        assert (request.scenario, request.exchange.chaos) == ("sequence", "error:529 (--chaos)")


def test_what_cannot_be_served(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("repl: x")
    with pytest.raises(ScenarioError, match="did you mean 'reply'"):
        serve(tmp_path / "wrong.yaml")
    with serve() as gw, pytest.raises(PortInUseError), serve(port=port_of(gw.url.partition("/s/")[0])):
        raise AssertionError("two servers on one port")


def test_the_control_api_has_the_token_and_the_names_that_it_was_given() -> None:
    with serve(token="s3cret", hosts=["Gateway.Test."]) as gw:
        url = gw.url.partition("/s/")[0] + "/_mockgw/version"
        named = {"host": "gateway.test", "authorization": "Bearer s3cret"}
        assert httpx2.get(url, headers=named, trust_env=False).status_code == 200
        assert httpx2.get(url, headers={"host": "gateway.test"}, trust_env=False).status_code == 401
        assert httpx2.get(url, headers={**named, "host": "other.test"}, trust_env=False).status_code == 403


def test_a_file_may_say_which_gateway_it_is_and_how_strict_it_is(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("keys: {good: active}", encoding="utf-8")
    with (
        serve("hello", gateway=str(file), validate="strict") as gw,
        anthropic.Anthropic(base_url=gw.url, api_key="bad", max_retries=0) as sdk,
    ):
        with pytest.raises(anthropic.AuthenticationError):
            sdk.messages.create(**asked())
        with pytest.raises(anthropic.BadRequestError, match="bogus"):
            sdk.with_options(api_key="good").messages.create(**asked(), extra_body={"bogus": 1})
