"""Testing: mockgw in the tests of Python programs - the builder of rules, gateways, and what they have seen."""

from mockgw.testing.answers import (
    attempts,
    block,
    choose,
    content,
    error,
    fault,
    generate,
    redacted_thinking,
    replies,
    reply,
    steps,
    text,
    thinking,
    tool_use,
)
from mockgw.testing.builder import Built, on
from mockgw.testing.conditions import condition, contains, ends_with, is_not, matches, present, starts_with
from mockgw.testing.gateway import Gateway
from mockgw.testing.given import GivenFault, GivenRule
from mockgw.testing.requests import Request
from mockgw.testing.serving import Serving, serve

__all__ = [
    "Built",
    "Gateway",
    "GivenFault",
    "GivenRule",
    "Request",
    "Serving",
    "attempts",
    "block",
    "choose",
    "condition",
    "contains",
    "content",
    "ends_with",
    "error",
    "fault",
    "generate",
    "is_not",
    "matches",
    "on",
    "present",
    "redacted_thinking",
    "replies",
    "reply",
    "serve",
    "starts_with",
    "steps",
    "text",
    "thinking",
    "tool_use",
]
