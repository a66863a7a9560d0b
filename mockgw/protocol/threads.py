"""Threads: conversations that the API keeps from one request to the next, of which a client sends the new part only.

mockgw keeps none: a rule looks at the whole conversation. The SDKs, whose tool runners use threads unasked, tell all of
it again when theirs is not there.
"""

from typing import Any

from mockgw.protocol.errors import ApiError

TOLD = "mockgw keeps no threads; send the whole conversation, with thread: {type: create} or without one"


def refuse_lost(thread: Any) -> None:
    """The 404 for the continuation of a thread, with the code by which the SDKs know it."""
    if isinstance(thread, dict) and thread.get("type") == "continue":
        code = {"error_code": "thread_not_found"}
        raise ApiError(404, f"Thread not found: {TOLD}", param="thread", should_retry=False, details=code)
