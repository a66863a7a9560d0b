"""Log: one line for each exchange, for people or for programs."""

import orjson

from mockgw.journal import Exchange

WIDEST = 60


def text_line(exchange: Exchange) -> str:
    """Time, session, model, scenario/rule, reply or fault, status, duration."""
    rule = f"{exchange.scenario}/{exchange.rule}" if exchange.rule else exchange.scenario or "-"
    parts = (
        exchange.received.astimezone().strftime("%H:%M:%S"),
        _plain(exchange.session),
        _plain(exchange.model) or f"{exchange.method} {_plain(exchange.path)}",
        _plain(rule),
        _outcome(exchange),
        str(exchange.status),
        _duration(exchange),
    )
    return "  ".join(parts)


def json_line(exchange: Exchange) -> str:
    return orjson.dumps({"event": "request", **exchange.summary()}).decode()


def _outcome(exchange: Exchange) -> str:
    attempt = f"attempt {exchange.attempt}: " if exchange.attempt > 1 else ""
    faults = f" with {', '.join(exchange.faults)}" if exchange.faults else ""
    ending = f" ({exchange.delivery.ending})" if exchange.delivery.ending not in ("whole", "") else ""
    return f"{attempt}{_plain(exchange.answer)}{faults}{ending}" + (
        f" [{exchange.refusal}]" if exchange.refusal else ""
    )


def _duration(exchange: Exchange) -> str:
    milliseconds = (exchange.delivery.ended - exchange.started) * 1000
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"


def _plain(text: str) -> str:
    """What a client sent, without anything that could move the cursor."""
    shown = text if len(text) <= WIDEST else f"{text[:WIDEST]}…"
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
