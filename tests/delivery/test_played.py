from mockgw.delivery import plan
from mockgw.delivery.actions import Chunk, Close, Finish, Hang, Head, Raw, Reset, Wait
from mockgw.delivery.played import Part, Played, played
from tests.delivery.streams import PACED, answered, sent, struck

HEAD = Head(200, {})


def test_an_answer_without_waits_is_its_head_and_its_bytes() -> None:
    actions = plan.body(200, b"Hello", {})
    found = played(actions)
    assert (found.data, list(found.pieces), found.end) == (b"Hello", [], "finish")
    assert found.head is not None
    assert found.head.headers["content-length"] == "5"


def test_each_piece_is_kept_with_the_moment_when_it_is_due() -> None:
    found = played([Wait(2), HEAD, Chunk(b"ab"), Wait(1), Chunk(b"c"), Raw(b"de"), Wait(3), Finish()])
    assert list(found.pieces) == [2, 2, 3, 3, 3, 5]
    assert (found.data, found.head, found.end, found.due) == (b"abcde", HEAD, "finish", 6)


def test_a_stream_has_all_of_its_bytes() -> None:
    actions = answered(PACED)
    found = played(actions)
    assert found.data == sent(actions)
    assert found.pieces[-1] == len(found.data)


def test_how_it_ends_is_known() -> None:
    ends = [played([HEAD, end]).end for end in (Finish(), Close(), Reset(), Hang())]
    assert ends == ["finish", "close", "reset", "hang"]


def test_without_a_head_there_is_none() -> None:
    assert played(struck("empty_response")).head is None


def test_what_it_takes_to_keep_it_grows_with_it() -> None:
    part = Part(b"x" * 100, [0.0] * 10)
    assert Played(HEAD, (part,)).size_bytes == Played(HEAD, ()).size_bytes + 100 + 80


def test_what_streams_share_is_kept_once() -> None:
    content = answered(PACED)
    [first, second] = [played(content), played(plan.after(2, content))]

    [shared] = [part for part in first.parts if part.shared]
    assert any(part is shared for part in second.parts)
    assert len(shared.data) > 0.5 * len(first.data)
    assert first.size_bytes < len(first.data) / 2 + 1_000
    assert (second.data, second.due) == (first.data, first.due + 2)
    assert second.pieces == [value + 2 if place % 2 == 0 else value for place, value in enumerate(first.pieces)]
