"""mockgw: a local Anthropic-compatible LLM gateway that answers as a YAML scenario says."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mockgw.testing import on as on
    from mockgw.testing import serve as serve
else:

    def __getattr__(name: str) -> Any:
        """`mockgw.serve` and `mockgw.on` are there when they are asked for: they take what no command needs."""
        if name not in ("serve", "on"):
            raise AttributeError(f"module 'mockgw' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module("mockgw.testing"), name)
