"""Money: what keys of a gateway have, as the control API tells it, for tests."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mockgw.errors import MockgwError
from mockgw.pipeline import Pipeline

if TYPE_CHECKING:
    from mockgw.control.gateway_shapes import GatewaysShown


def operated(pipeline: Pipeline, session: str, operation: str, given: Mapping[str, Any]) -> "GatewaysShown":
    """What an operation says; what is None was not given. ControlError says what is wrong."""
    from mockgw.control.gateways import GatewayControl  # few tests have credits

    said = {name: _written(value) for name, value in given.items() if value is not None}
    shown: GatewaysShown = getattr(GatewayControl(pipeline), operation)(session, said)
    return shown


def _written(value: Any) -> Any:
    """Decimals are exact, and the control API takes them as text of a number."""
    return float(value) if isinstance(value, Decimal) else value


def money_of(shown: "GatewaysShown") -> Decimal:
    """The balance of the one key that is shown."""
    amounts = [key.balance.amount for one in shown.gateways for key in one.keys if key.balance]
    if not amounts:
        raise MockgwError("this key has no credits: its gateway gives it no balance")
    return Decimal(amounts[0])
