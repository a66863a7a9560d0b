"""Screen: the lines of the log on a terminal, in columns and colours."""

import os
from collections.abc import Callable, Iterator
from typing import TextIO

from mockgw.cli.cells import cells, cut, fitted, wrapped
from mockgw.clock import time_of_day
from mockgw.journal import Exchange
from mockgw.log import ENDINGS, answered_by, asked_for, duration, plain, text_line, which_try
from mockgw.sessions import DEFAULT

WIDE = 160  # cells, where nobody knows
NARROWEST = 72  # cells; on less there is no room for columns
INDENT = 10  # cells, below the time
LONGEST_REASON = 1_000
DURATION = 7  # cells, as in 9999 ms
MEASURED = 28  # cells of the columns that have one width, and of what parts them all
SHARES = {"asked_for": 0.3, "answered_by": 0.37}  # of the rest that a column may take at most
DECIMALS = 6  # of dollars
COLOURS = {"dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}

Word = tuple[str, str]  # a text and its colour


def width_of(stream: TextIO) -> int:
    """How many cells the terminal behind a stream has now; many if there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDE
    except (OSError, ValueError):
        return WIDE


class Screen:
    """Columns, each as wide as the widest that it has had to hold, as far as the terminal has room for it."""

    def __init__(self, width: Callable[[], int], *, coloured: bool) -> None:
        self._width = width
        self._coloured = coloured
        self._widest = dict.fromkeys(SHARES, 0)

    def line(self, exchange: Exchange) -> str:
        """Time, status, duration, model, scenario/rule, answer; below it what was wrong with the request."""
        width = self._width()
        if width < NARROWEST:
            return text_line(exchange)
        columns = [*_measures(exchange), *self._names(exchange, width)]
        start = sum(cells(text) + 2 for text, _ in columns)
        answer = self._flowing(_answer(exchange), _amounts(exchange), start, width)
        return "\n".join(["  ".join([*map(self._painted, columns), answer]), *_reasons(exchange, width)])

    def _names(self, exchange: Exchange, width: int) -> Iterator[Word]:
        """The columns that grow."""
        values = {"asked_for": asked_for(exchange), "answered_by": answered_by(exchange)}
        for name, text in values.items():
            most = int((width - MEASURED) * SHARES[name])
            self._widest[name] = min(max(self._widest[name], cells(text)), most)
            yield fitted(text, self._widest[name]), ""

    def _flowing(self, words: Iterator[Word], amounts: str, start: int, width: int) -> str:
        """Words one behind the other, below where there is no room; amounts are told only where there is some."""
        line, taken = "", start
        for text, colour in words:
            if taken + (taken > start) + cells(text) > width:
                taken = max(INDENT, min(start, width - cells(text.strip())))
                line, text = f"{line}\n{' ' * taken}", cut(text.strip(), width - taken)
            elif taken > start:
                line, taken = f"{line} ", taken + 1
            line, taken = line + self._painted((text, colour)), taken + cells(text)
        has_room = amounts and taken + 2 + cells(amounts) <= width
        return f"{line}  {self._painted((amounts, 'dim'))}" if has_room else line

    def _painted(self, word: Word) -> str:
        text, colour = word
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if self._coloured and colour else text


def _measures(exchange: Exchange) -> Iterator[Word]:
    """The columns that have one width."""
    yield time_of_day(exchange.received), "dim"
    yield f"{exchange.status:>3}", _colour_of(exchange.status)
    yield f"{duration(exchange):>{DURATION}}", "dim"


def _colour_of(status: int) -> str:
    return "green" if status < 400 else "yellow" if status < 500 else "red"


def _answer(exchange: Exchange) -> Iterator[Word]:
    """What was answered, and everything that is special about it."""
    if before := which_try(exchange):
        yield before.strip(), "yellow"
    struck = [] if exchange.refusal else [*_struck(exchange)]
    *words, last = plain(exchange.answer).split(" ")
    yield from ((word, "red" if exchange.refusal else "") for word in (*words, f"{last};" if struck else last))
    if exchange.refusal:
        yield f"[{exchange.refusal}]", "red"
    yield from ((word, "magenta") for word in struck)
    if ending := ENDINGS.get(exchange.delivery.ending):
        yield ending.strip(), "yellow"
    if exchange.session != DEFAULT:
        yield f" {plain(exchange.session)}", "cyan"


def _struck(exchange: Exchange) -> Iterator[str]:
    """What went wrong on purpose."""
    for name, found in (("fault", ", ".join(exchange.faults)), ("chaos", plain(exchange.chaos))):
        if found:
            first, *others = found.split(" ")
            yield from (f"{name}: {first}", *others)


def _amounts(exchange: Exchange) -> str:
    """The tokens that went in and out, and what they cost."""
    usage = exchange.usage
    if usage is None:
        return ""
    into = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
    return f"{into} in, {usage.output_tokens} out{_cost(exchange.cost)}"


def _cost(cost: int | None) -> str:
    if cost is None:
        return ""
    from mockgw.scenario.gateway.amounts import dollars  # few gateways have prices

    return f", ${dollars(cost, DECIMALS)}"


def _reasons(exchange: Exchange, width: int) -> Iterator[str]:
    """What was wrong with the request, in lines that fit."""
    message = exchange.message if exchange.refusal else ""
    for reason in (message, f"validation: {exchange.validation}" if exchange.validation else ""):
        text = plain(" ".join(reason.split()), LONGEST_REASON)
        yield from (" " * INDENT + line for line in wrapped(text, width - INDENT))
