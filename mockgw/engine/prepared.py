"""Prepared: replies whose content no request changes, made once and kept; bounded."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockgw.chance import Chance
from mockgw.delivery.encoded import Encoded, Renamed
from mockgw.delivery.pacing import INSTANT
from mockgw.engine.cutting import Part
from mockgw.engine.synthesis import Maker, call_id, derived_reason, is_empty, is_thought
from mockgw.protocol import tokens
from mockgw.protocol.messages import Block, Message, Text, ToolUse
from mockgw.scenario.nodes import Reply
from mockgw.scenario.replies import BlockForm
from mockgw.values import light

# Tokens of all replies that are kept, and of one of them. The frame of a delta takes about 700 bytes, so all their
# frames take 35 MB at most.
KEPT_TOKENS = 50_000
MOST_TOKENS = 5_000


@light
class Prepared:
    """A reply, ready to be given. `calls` are its tool calls with an id from chance: where, and where in the reply;
    `thoughts` are the texts of its thinking."""

    reply: Reply
    content: Encoded
    output_tokens: int
    reason: str
    texts: tuple[str, ...]
    calls: tuple[tuple[int, int], ...]
    thoughts: tuple[str, ...]

    def suits(self, maker: Maker) -> bool:
        """Whether the request gets all of it, as it is."""
        request = maker.context.request
        most = request.max_tokens
        if most is not None and (most < self.output_tokens or most == 0):
            return False
        if any(stop and stop in text for stop in request.stop_sequences for text in self.texts):
            return False
        shown = maker.shown() if self.thoughts else "whole"
        return shown == "whole" or (shown == "omitted" and not any(self.thoughts))

    def answer(self, maker: Maker) -> tuple[Message, Encoded]:
        """The message that a request gets, and its content as bytes."""
        content = self._renamed(maker.chance) if self.calls else self.content
        options = self.reply.options
        return maker.around(content.content, self.output_tokens, options, self.reason, options.stop_sequence), content

    def _renamed(self, chance: Chance) -> Encoded:
        blocks: list[Block] = list(self.content.content)
        for place, index in self.calls:
            call = blocks[place]
            assert isinstance(call, ToolUse)
            blocks[place] = replace(call, id=call_id(chance, index))
        return Renamed(self.content, blocks)


class Preparations:
    """The replies that were given lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], tuple[Reply, Prepared | None]] = OrderedDict()
        self._weight = 0

    def of(self, reply: Reply, maker: Maker) -> Prepared | None:
        """The reply, ready for the request of the maker; None if it has to be made for it."""
        found = self._kept.get((id(reply), maker.seed))  # the reply is kept too: nothing else can have its id
        if found is None:
            found = self._prepared(reply, maker)
        prepared = found[1]
        return prepared if prepared and prepared.suits(maker) else None

    def _prepared(self, reply: Reply, maker: Maker) -> tuple[Reply, Prepared | None]:
        prepared = prepare(reply, maker)
        self._kept[id(reply), maker.seed] = reply, prepared
        self._weight += _weight(prepared)
        while self._weight > KEPT_TOKENS:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._weight -= _weight(oldest)
        return reply, prepared


def _weight(prepared: Prepared | None) -> int:
    return 1 + prepared.output_tokens if prepared else 1


def prepare(reply: Reply, maker: Maker) -> Prepared | None:
    """The reply as requests get it that cut nothing off; None if each gets its own, or it is too long to keep."""
    if any(map(_made_for_each, reply.blocks)):
        return None
    made = [(index, part) for index, part in enumerate(maker.parts(reply.blocks, shown="whole")) if not is_empty(part)]
    parts = [part for _, part in made]
    size = sum(tokens.count(part.counted) for part in parts)
    if size > MOST_TOKENS:
        return None
    return Prepared(
        reply=reply,
        content=Encoded([p.block for p in parts], [p.exact for p in parts], reply.options.pace or INSTANT),
        output_tokens=size,
        reason=reply.options.stop_reason or derived_reason(parts, reply.options),
        texts=tuple(part.block.text for part in parts if isinstance(part.block, Text)),
        calls=tuple(_made_calls(made, maker.chance)),
        thoughts=tuple(getattr(part.block, "thinking", "") for part in parts if is_thought(part)),
    )


def _made_for_each(form: BlockForm) -> bool:
    """Whether each request gets a block of its own: made up, of a tool that the API runs, or with citations."""
    kind = form.block["type"] if form.block is not None else ""
    of_server = form.server_tool is not None or kind == "server_tool_use" or kind.endswith("_tool_result")
    return of_server or form.generate is not None or form.citations is not None


def _made_calls(made: Sequence[tuple[int, Part]], chance: Chance) -> Iterator[tuple[int, int]]:
    for place, (index, part) in enumerate(made):
        if isinstance(part.block, ToolUse) and part.block.id == call_id(chance, index):
            yield place, index
