"""Log: one line for each exchange, for people or for programs; people read below it why one was refused."""

import orjson

from mockgw.clock import time_of_day
from mockgw.journal import Exchange
from mockgw.wording import shortened

BESIDE = ("/v1/models", "/v1/messages/batches")
WIDEST = 60
LONGEST_REASON = 300
ENDINGS = {"left": " (client left)", "stopped": " (stopped)"}


def text_line(exchange: Exchange) -> str:
    """Time, session, model, scenario/rule, reply or fault, status, duration; and what was wrong with the request."""
    moment, model = (
        time_of_day(exchange.received),
        plain(exchange.model) or f"{exchange.method} {plain(exchange.path)}",
    )
    done = f"{_outcome(exchange)}  {exchange.status}  {_duration(exchange)}"
    line = f"{moment}  {plain(exchange.session)}  {model}  {plain(_rule(exchange))}  {done}"
    line += _reason(exchange.message) if exchange.refusal else ""
    return line + _reason(f"validation: {exchange.validation}") if exchange.validation else line


def json_line(exchange: Exchange) -> str:
    return orjson.dumps({"event": "request", **exchange.summary()}).decode()


def _rule(exchange: Exchange) -> str:
    """What answered; other endpoints than messages say the same whatever the scenario."""
    if exchange.path.startswith(BESIDE):
        return "-"
    return f"{exchange.scenario}/{exchange.rule}" if exchange.rule else exchange.scenario or "-"


def _outcome(exchange: Exchange) -> str:
    path = "count_tokens: " if exchange.path.endswith("/count_tokens") else ""
    attempt = f"attempt {exchange.attempt}: " if exchange.attempt > 1 else ""
    special = f" [{exchange.refusal}]" if exchange.refusal else _struck(exchange)
    return f"{path}{attempt}{plain(exchange.answer)}{special}{ENDINGS.get(exchange.delivery.ending, '')}"


def _struck(exchange: Exchange) -> str:
    """What went wrong on purpose."""
    faults = f"; fault: {', '.join(exchange.faults)}" if exchange.faults else ""
    return f"{faults}; chaos: {plain(exchange.chaos)}" if exchange.chaos else faults


def _reason(text: str) -> str:
    """A line below that says what was wrong with the request."""
    reason = " ".join(text.split())
    return f"\n          {plain(reason, LONGEST_REASON)}" if reason else ""


def _duration(exchange: Exchange) -> str:
    milliseconds = (exchange.delivery.ended - exchange.started) * 1000
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"


def plain(text: str, widest: int = WIDEST) -> str:
    """What a client sent, without anything that could move the cursor."""
    if len(text) <= widest and text.isprintable():
        return text
    shown = shortened(text, widest)
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
