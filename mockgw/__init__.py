"""mockgw: a local Anthropic-compatible LLM gateway that answers as a YAML scenario says."""

__version__ = "0.1.0"
