"""Betas: the values of `anthropic-beta` that the API knows, and the versions of `anthropic-version`."""

from mockgw.protocol.rules import Refusal, shown
from mockgw.validation.subject import NEW_VERSION, OLD_VERSION, Subject

# https://platform.claude.com/docs/en/api/versioning
VERSIONS = ("2023-01-01", OLD_VERSION, NEW_VERSION)

# The type AnthropicBetaParam of the Python SDK 2.12.
OF_THE_SDK = """
admin-user-sign-out-2026-10-08 advisor-tool-2026-03-01 agent-memory-2026-07-22 analytics-usage-cost-2026-08-24
cache-diagnosis-2026-04-07 ce-claude-code-managed-settings-2026-10-06 ce-plugins-2026-09-01
ce-user-management-2026-07-13 code-execution-2025-05-22 compact-2026-01-12 compact-2026-09-04 computer-use-2024-10-22
computer-use-2025-01-24 computer-use-2025-11-24 context-1m-2025-08-07 context-management-2025-06-27
dev-full-thinking-2025-05-14 dreaming-2026-04-21 experimental-claude-tag-2026-10-21 extended-cache-ttl-2025-04-11
fallback-credit-2026-06-01 fallback-credit-2026-07-01 fast-mode-2026-02-01 files-api-2025-04-14 inline-tools-2026-09-15
interleaved-thinking-2025-05-14 managed-agents-2026-04-01 mcp-client-2025-04-04 mcp-client-2025-11-20
mcp-client-2026-09-15 mcp-tunnels-2026-06-22 message-batches-2024-09-24 message-threads-2026-08-12
mid-conversation-output-config-2026-07-01 mid-conversation-system-clear-at-2026-08-21
mid-conversation-tool-changes-2026-07-01 model-context-window-exceeded-2025-08-26 output-128k-2025-02-19
output-300k-2026-03-24 pdfs-2024-09-25 prompt-caching-2024-07-31 server-side-fallback-2026-06-01
server-side-fallback-2026-07-01 skills-2025-10-02 spend-limit-reads-2026-09-26 structured-outputs-2025-11-13
task-budgets-2026-03-13 telemetry-destinations-2026-08-11 thinking-binding-controls-2026-08-01
thinking-display-updates-2026-08-18 thinking-token-count-2026-05-13 token-counting-2024-11-01
token-efficient-tools-2025-02-19 user-profiles-2026-03-24 user-profiles-2026-08-18 user-profiles-2026-09-04
user-profiles-billing-2026-10-01 webhooks-2026-10-07
"""
# What its later versions add: 2.14.
SINCE = "efs-2026-10-01 google-managed-data-controls-2026-09-01"
# What Claude Code 2.1.330 may send beside them, and older clients did.
OF_CLIENTS = """
advanced-tool-use-2025-11-20 afk-mode-2026-01-31 auto-mode-classifier-2026-07-16 cache-keepalive-2026-09-03
ccr-byoc-2025-07-29 ccr-triggers-2026-01-30 claude-code-20250219 claude-code-side-query-2026-09-29
context-hint-2026-04-09 dangerous-tool-use-2026-09-03 effort-2025-11-24 environments-2025-11-01
fine-grained-tool-streaming-2025-05-14 max-tokens-3-5-sonnet-2024-07-15 mcp-servers-2025-12-04
mid-conversation-system-2026-04-07 oauth-2025-04-20 oidc-federation-2026-04-01 per-turn-control-2026-07-01
program-use-case-ids-2026-09-17 prompt-caching-evict-2026-05-12 prompt-caching-scope-2026-01-05
redact-thinking-2026-02-12 request-tags-2026-08-21 resumption-2026-10-08 structured-outputs-2025-12-15
thinking-resumption-2026-07-17 timing-2026-09-09 tool-provenance-2026-10-26 tool-search-tool-2025-10-19
web-fetch-2025-09-10 web-search-2025-03-05 web-search-results-only-2026-11-15
"""
KNOWN = frozenset(f"{OF_THE_SDK} {SINCE} {OF_CLIENTS}".split())


def check(subject: Subject) -> None:
    """What the headers ask for, before the body is looked at. A gateway needs no version."""
    if not subject.is_gateway:
        _check_version(subject.headers.get("anthropic-version", "").strip())
    if "anthropic-beta" in subject.headers:
        _check_betas(subject.betas)


def _check_version(version: str) -> None:
    if not version:
        raise Refusal("version_missing", "anthropic-version")
    if version not in VERSIONS:
        raise Refusal("version_unknown", "anthropic-version", found=shown(version), known=", ".join(VERSIONS))


def _check_betas(betas: tuple[str, ...]) -> None:
    unknown = [beta for beta in betas or ("",) if beta not in KNOWN]
    if unknown:
        raise Refusal("beta", "anthropic-beta", found=", ".join(f"`{shown(beta)}`" for beta in unknown))
