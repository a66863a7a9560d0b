"""Environment: the variables that lead clients here."""

from collections.abc import Mapping

# With one of these Claude Code would go elsewhere. Empty counts as unset, and can be written everywhere.
DETOURS = (
    "ANTHROPIC_UNIX_SOCKET",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_GATEWAY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
)
TOKEN = {"ANTHROPIC_AUTH_TOKEN": "mock", "ANTHROPIC_API_KEY": ""}
# No empty token beside it: older Python SDKs (0.105 is one) take it for one, and their HTTP client refuses the header.
KEY = {"ANTHROPIC_API_KEY": "mock"}
UNPROXIED = ("127.0.0.1", "localhost", "::1")


def variables(url: str, *, api_key: bool = False) -> dict[str, str]:
    """For Claude Code and the SDKs. An empty key counts as unset for all of them, so a real one is never sent.

    Of an API key Claude Code asks whether it may use it, and the SDKs complain when there is a token too: so there is
    one beside it only where it takes a real one's place (`complete`).
    """
    return {
        "ANTHROPIC_BASE_URL": url,
        **(KEY if api_key else TOKEN),
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
    }


def complete(url: str, inherited: Mapping[str, str], *, api_key: bool = False) -> dict[str, str]:
    """`variables`, and what makes sure of them whatever a shell already has; `MOCKGW_URL` is for tests."""
    host = url.rpartition(":")[0].removeprefix("http://").strip("[]")
    return {
        **variables(url, api_key=api_key),
        **({"ANTHROPIC_AUTH_TOKEN": "mock"} if "ANTHROPIC_AUTH_TOKEN" in inherited else {}),
        "MOCKGW_URL": url,
        **{name: "" for name in DETOURS if inherited.get(name)},
        "NO_PROXY": _unproxied(inherited.get("NO_PROXY") or inherited.get("no_proxy", ""), host),
        "no_proxy": _unproxied(inherited.get("no_proxy") or inherited.get("NO_PROXY", ""), host),
    }


def _unproxied(hosts: str, host: str) -> str:
    """The hosts that no proxy is asked for, and this machine among them."""
    named = hosts.replace(",", " ").split()
    return ",".join(dict.fromkeys([*named, *UNPROXIED, host]) if "*" not in named else ["*"])
