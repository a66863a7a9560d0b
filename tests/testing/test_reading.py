import anthropic
import pytest

from mockgw.testing import serve
from mockgw.testing.reading import journal_of
from tests.testing.gateways import ask, asked, client, in_process


def test_who_has_all_of_an_answer_finds_it_ended() -> None:
    with serve() as gw, anthropic.Anthropic(base_url=gw.url, api_key="k") as sdk:
        gw.reply("one two three", pace={"tps": 5000})
        for _ in range(30):
            with sdk.messages.stream(**asked()) as stream:
                stream.until_done()
            assert gw.requests[-1].ending == "whole"


def test_what_is_under_way_is_not_waited_for() -> None:
    with in_process() as gw, client(gw) as sdk:
        gw.reply("one two three", pace={"tps": 0.01})
        with sdk.messages.create(**asked(), stream=True) as stream:
            assert next(iter(stream)).type == "message_start"
            assert gw.requests[0].ending == ""


def test_what_is_read_stays_as_it_was() -> None:
    with in_process() as gw:
        gw.reply("Hi.")
        ask(gw)
        exchanges, evicted = journal_of(gw._host, gw.name)
        assert ([one.status for one in exchanges], evicted) == ([200], 0)
        gw.reset()
        assert len(exchanges) == 1
        assert journal_of(gw._host, gw.name) == ([], 0)


@pytest.mark.parametrize("name", ["test", "another"])
def test_on_the_servers_own_thread_it_is_read_at_once(name: str) -> None:
    with in_process(session=name) as gw:
        ask(gw)
        [exchanges] = [gw.inside(lambda _: journal_of(gw._host, name)[0])]
        assert [one.session for one in exchanges] == [name]
