"""Log: one line for each exchange, for people or for programs; people read below it why one was refused."""

import orjson

from mockgw.clock import time_of_day
from mockgw.journal import Exchange
from mockgw.wording import shortened

BESIDE = ("/v1/models", "/v1/messages/batches", "/v1/files")
WIDEST = 60
LONGEST_REASON = 300
ENDINGS = {"left": " (client left)", "stopped": " (stopped)"}


def text_line(exchange: Exchange) -> str:
    """Time, session, model, scenario/rule, reply or fault, status, duration; and what was wrong with the request."""
    who = f"{plain(exchange.session)}  {asked_for(exchange)}  {answered_by(exchange)}"
    done = f"{_outcome(exchange)}  {exchange.status}  {duration(exchange)}"
    line = f"{time_of_day(exchange.received)}  {who}  {done}"
    line += _reason(exchange.message) if exchange.refusal else ""
    return line + _reason(f"validation: {exchange.validation}") if exchange.validation else line


def json_line(exchange: Exchange) -> str:
    return orjson.dumps({"event": "request", **exchange.summary()}).decode()


def asked_for(exchange: Exchange) -> str:
    """The model, or what else was asked for."""
    return plain(exchange.model) or f"{exchange.method} {plain(exchange.path)}"


def answered_by(exchange: Exchange) -> str:
    """The scenario and its rule; other endpoints than messages say the same whatever the scenario."""
    if exchange.path.startswith(BESIDE):
        return "-"
    return plain(f"{exchange.scenario}/{exchange.rule}" if exchange.rule else exchange.scenario or "-")


def which_try(exchange: Exchange) -> str:
    """What stands in front of the answer: that tokens were counted, and how often the client has tried."""
    path = "count_tokens: " if exchange.path.endswith("/count_tokens") else ""
    return f"{path}attempt {exchange.attempt}: " if exchange.attempt > 1 else path


def _outcome(exchange: Exchange) -> str:
    special = f" [{exchange.refusal}]" if exchange.refusal else _struck(exchange)
    ending = ENDINGS.get(exchange.delivery.ending, "")
    tried = f"; tried: {', '.join(exchange.tried)}" if exchange.tried else ""
    return f"{which_try(exchange)}{plain(exchange.answer)}{special}{tried}{ending}"


def _struck(exchange: Exchange) -> str:
    """What went wrong on purpose."""
    faults = f"; fault: {', '.join(exchange.faults)}" if exchange.faults else ""
    return f"{faults}; chaos: {plain(exchange.chaos)}" if exchange.chaos else faults


def _reason(text: str) -> str:
    """A line below that says what was wrong with the request."""
    reason = " ".join(text.split())
    return f"\n          {plain(reason, LONGEST_REASON)}" if reason else ""


def duration(exchange: Exchange) -> str:
    """From the request to the end of its answer."""
    milliseconds = (exchange.delivery.ended - exchange.started) * 1000
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"


def plain(text: str, widest: int = WIDEST) -> str:
    """What a client sent, without anything that could move the cursor."""
    if len(text) <= widest and text.isprintable():
        return text
    shown = shortened(text, widest)
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
