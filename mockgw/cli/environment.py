"""Environment: the variables that lead clients here."""


def variables(url: str) -> dict[str, str]:
    """For Claude Code and the SDKs. An empty key counts as unset for all of them, so a real one is never sent."""
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_AUTH_TOKEN": "mock",
        "ANTHROPIC_API_KEY": "",
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
    }
