import asyncio
import socket
from queue import SimpleQueue
from typing import Any

import httpx2
import orjson
import pytest
from starlette.types import Message

from mockgw.clock import VirtualClock
from mockgw.delivery.actions import Action, Chunk, Close, Finish, Head, Raw, Wait
from mockgw.journal import Exchange
from mockgw.pipeline import Pipeline
from mockgw.server import sockets
from mockgw.server.playback import Connection, Playbacks
from mockgw.server.runner import Server
from tests.delivery.streams import waited
from tests.support import ask, body, live, port_of, sent_bytes

KEY = {"x-api-key": "k"}
ENDLESS = {
    "a stall": "{reply: Hello to you all, fault: stall}",
    "a stall with pings": "{reply: Hello to you all, fault: {type: stall, pings: true}}",
    "a slow stream": "{reply: Hello to you all, pace: {tps: 0.001}}",
}


def ended(pipeline: Pipeline) -> SimpleQueue[Exchange]:
    """The exchanges of a pipeline as they end."""
    exchanges: SimpleQueue[Exchange] = SimpleQueue()
    pipeline.observers.append(exchanges.put)
    return exchanges


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_client_that_leaves_ends_the_work_at_once(text: str) -> None:
    pipeline = live(text)
    exchanges = ended(pipeline)
    with Server(pipeline) as server, httpx2.Client(headers=KEY, trust_env=False) as client:
        with client.stream("POST", f"{server.url}/v1/messages", json=body(stream=True)) as answer:
            assert answer.status_code == 200
        exchange = exchanges.get(timeout=5)
    assert exchange.delivery.ending == "left"
    assert exchange.delivery.events < 20


def test_a_client_that_leaves_before_the_first_byte_ends_the_work_too() -> None:
    pipeline = live("{reply: Hello, delay: 1h}")
    exchanges = ended(pipeline)
    with Server(pipeline) as server, httpx2.Client(headers=KEY, timeout=0.2, trust_env=False) as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.post(f"{server.url}/v1/messages", json=body())
        assert exchanges.get(timeout=5).delivery.ending == "left"


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_server_that_stops_ends_what_is_under_way(text: str) -> None:
    pipeline = live(text)
    server = Server(pipeline).start()
    request = body(stream=True)
    with httpx2.stream("POST", f"{server.url}/v1/messages", json=request, headers=KEY, trust_env=False) as answer:
        server.stop()
        with pytest.raises(httpx2.RemoteProtocolError):
            answer.read()
    assert [exchange.delivery.ending for exchange in pipeline.journal] == ["stopped"]


def test_a_paced_stream_arrives_whole_and_in_time() -> None:
    pipeline = live("{reply: one two three four five six, pace: {tps: 100}}")
    with Server(pipeline) as server, httpx2.Client(headers=KEY, trust_env=False) as client:
        paced = client.post(f"{server.url}/v1/messages", json=body(stream=True)).text
    delivery = next(iter(pipeline.journal)).delivery
    assert paced.endswith('event: message_stop\ndata: {"type":"message_stop"}\n\n')
    assert delivery.as_planned
    assert delivery.ended - delivery.started >= 0.04  # five waits of 10 ms; a timer may be 1 ms early


async def played(actions: list[Action], *, failing: bool = False) -> list[Message]:
    """What is sent when an answer is played to a client that stays."""
    sent: list[Message] = []

    waiting: list[Message] = [{"type": "http.request"}]

    async def receive() -> Message:
        while not waiting:
            await asyncio.Event().wait()
        return waiting.pop()

    async def send(message: Message) -> None:
        if failing:
            raise RuntimeError("the server's own mistake")
        sent.append(message)

    await Playbacks(VirtualClock(), 1.0).play(actions, Connection({"type": "http"}, receive, send), lambda: None)
    return sent


WAITING: list[Action] = [Head(200, {"a": "b"}), Chunk(b"one"), Wait(5), Chunk(b"two"), Finish()]


def test_what_waits_is_played_as_what_does_not() -> None:
    start: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]}
    parts = [
        {"type": "http.response.body", "body": data, "more_body": more}
        for data, more in ((b"one", True), (b"two", False))
    ]
    assert asyncio.run(played(WAITING)) == [start, *parts]


def test_a_mistake_while_playing_stays_loud() -> None:
    with pytest.raises(RuntimeError, match="the server's own mistake"):
        asyncio.run(played(WAITING, failing=True))


LARGE = "{replies: ['{{ \"x\" * 12000000 }}', second]}"


def test_a_client_that_does_not_take_a_large_answer_gets_it_again() -> None:
    pipeline = live(LARGE)
    exchanges = ended(pipeline)
    request = orjson.dumps(body(max_tokens=10**9))
    head = f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-length: {len(request)}\r\n\r\n".encode()
    with Server(pipeline) as server, httpx2.Client(headers=KEY, trust_env=False) as client:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else the system may take it all
            connection.connect(("127.0.0.1", port_of(server.url)))
            connection.sendall(head + request)
            connection.recv(1000)
        assert exchanges.get(timeout=10).delivery.ending == "left"
        again = client.post(f"{server.url}/v1/messages", content=request).json()
    assert len(again["content"][0]["text"]) == 12_000_000
    assert exchanges.get(timeout=10).delivery.ending == "whole"


SCALED = """
rules:
  - match: {prompt: {contains: wait}}
    reply: Here I am.
    delay: 1h
    pace: {ttft: {type: uniform, lower: 1h, upper: 2h}, tps: 0.001, ping_every: 20m}
    fault: {type: stall, for: 1h, pings: true}
  - match: {prompt: {contains: later}}
    error: {status: 429, retry_after: 60s}
"""


def test_without_time_every_wait_is_left_out_and_no_event_is() -> None:
    request = body("Please wait", stream=True)
    planned = ask(live(SCALED), request, x_api_key="k")
    with Server(live(SCALED, time_scale=0)) as server, httpx2.Client(headers=KEY, trust_env=False) as client:
        received = client.post(f"{server.url}/v1/messages", json=request).content
    assert (received, received.count(b"event: ping") > 700) == (sent_bytes(planned), True)
    assert waited(planned.exchange.actions) > 3 * 3600


def test_without_time_a_client_is_told_to_wait_as_long_as_it_is_written() -> None:
    with Server(live(SCALED, time_scale=0)) as server, httpx2.Client(headers=KEY, trust_env=False) as client:
        answer = client.post(f"{server.url}/v1/messages", json=body("Ask me later"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


@pytest.mark.parametrize("pings", [False, True], ids=["silent", "with-pings"])
def test_without_time_what_hangs_hangs_until_the_client_leaves(pings: bool) -> None:
    pipeline = live(f"{{reply: Hello to you all, fault: {{type: stall, pings: {str(pings).lower()}}}}}", time_scale=0)
    exchanges = ended(pipeline)
    with Server(pipeline) as server, httpx2.Client(headers=KEY, timeout=0.2, trust_env=False) as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.post(f"{server.url}/v1/messages", json=body(stream=True))
        assert exchanges.get(timeout=5).delivery.ending == "left"


class Gone(asyncio.Transport):
    """The transport of a client that has left: its socket is closed, and to write to it is a mistake."""

    def is_closing(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        closed = socket.socket()
        closed.close()
        return closed

    def abort(self) -> None:
        """As often as one likes."""


@pytest.mark.parametrize(
    "ending", [[Chunk(b"b"), Wait(1), Finish()], [Raw(b"c"), Close()], [Finish(hold=1)]], ids=["frame", "raw", "held"]
)
def test_who_has_left_is_sent_nothing_more(ending: list[Action]) -> None:
    async def playing() -> str:
        told = asyncio.Event()

        async def receive() -> Message:
            await told.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            told.set()

        scope = {"type": "http", "state": {sockets.TRANSPORT: Gone()}}
        actions: list[Action] = [Head(200, {}), *ending]
        delivery = await Playbacks(VirtualClock(), 1.0).play(actions, Connection(scope, receive, send), lambda: None)
        return delivery.ending

    assert asyncio.run(playing()) == "left"


def test_a_connection_that_is_gone_can_be_reset() -> None:
    asyncio.run(sockets.reset(Gone()))
