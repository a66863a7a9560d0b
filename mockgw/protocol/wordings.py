"""Wordings: what the API says of a request that it refuses, word for word, and where each text is known from.

One entry for each thing that can be wrong. What stands in braces is put in; a wording that changes is changed here.
"""

from typing import Any, NamedTuple


class Wording(NamedTuple):
    """A text of the API, the public place that has it, and the status it comes with."""

    text: str
    source: str
    status: int = 400


DOCS = "https://platform.claude.com/docs/en"
GITHUB = "https://github.com"
CLAUDE_CODE = f"{GITHUB}/anthropics/claude-code/issues"
# Texts that are in wide use, but for which there is no log to point at.
QUOTED = "quoted in many public logs"
# Calls of the API that were published with their answers, 2026-08-30: claude-sonnet-5, version 2023-06-01.
MEASURED = "published measurements, 2026-08"
SDK = "the types of the Python SDK 2.12"

WORDINGS: dict[str, Wording] = {
    # What a value is.
    "required": Wording("Field required", MEASURED),
    "string": Wording("Input should be a valid string", f"{GITHUB}/simonw/llm-anthropic/issues/23"),
    "integer": Wording("Input should be a valid integer", MEASURED),
    "number": Wording("Input should be a valid number", MEASURED),
    "boolean": Wording("Input should be a valid boolean", MEASURED),
    "array": Wording("Input should be a valid array", MEASURED),
    "object": Wording("Input should be an object", MEASURED),
    "shape": Wording("Input does not match the expected shape.", MEASURED),
    "extra": Wording("Extra inputs are not permitted", MEASURED),
    "short": Wording("String should have at least {least}", MEASURED),
    "long": Wording("String should have at most {most}", f"{CLAUDE_CODE}/96152"),
    "pattern": Wording("String should match pattern '{pattern}'", f"{GITHUB}/home-assistant/core/issues/147760"),
    "too_many": Wording("List should have at most {most} items after validation, not {found}", f"{DOCS}/api/errors"),
    "least": Wording("must be greater than or equal to {least}", MEASURED),
    "least_field": Wording("Input should be greater than or equal to {least}", QUOTED),
    "range": Wording("range: {least}..{most}", MEASURED),
    "enum": Wording("Input should be {values}", MEASURED),
    "tag": Wording("Input tag '{found}' found using 'type' does not match any of the expected tags: {tags}", MEASURED),
    "geo": Wording("must be one of ['global', 'us']", MEASURED),
    # Headers.
    "version_missing": Wording("anthropic-version: header is required", QUOTED),
    "version_unknown": Wording(
        'anthropic-version: "{found}" is not a valid version. Expected one of {known}',
        "mockgw's own words: no public log has this refusal",
    ),
    "beta": Wording(
        "Unexpected value(s) {found} for the `anthropic-beta` header. Please consult our documentation at "
        "platform.claude.com/docs or try again without the header.",
        f"{DOCS}/api/beta-headers",
    ),
    # Messages as a whole.
    "no_messages": Wording("messages: at least one message is required", f"{GITHUB}/danny-avila/LibreChat/issues/3442"),
    "role": Wording('messages: Unexpected role "{found}". Allowed roles are "user" or "assistant"', MEASURED),
    "system_role": Wording("role 'system' is not supported on this model", f"{CLAUDE_CODE}/61412"),
    "first_role": Wording(
        'messages: first message must use the "user" role', f"{GITHUB}/langbot-app/LangBot/issues/867"
    ),
    "empty_user": Wording("messages.{index}: user messages must have non-empty content", MEASURED),
    "empty_text": Wording("messages: text content blocks must be non-empty", f"{CLAUDE_CODE}/49171"),
    "blank_text": Wording(
        "messages: text content blocks must contain non-whitespace text",
        f"{GITHUB}/TheValkyrja/Anthropic2Vertex/issues/5",
    ),
    "trailing_space": Wording(
        "messages: final assistant content cannot end with trailing whitespace",
        f"{GITHUB}/tailcallhq/forgecode/issues/1872",
    ),
    "system_first": Wording(
        "messages.0: use the top-level 'system' parameter for the initial system prompt; the directive-only form "
        "(content: [] with output_config) is accepted at any position",
        MEASURED,
    ),
    "system_follows": Wording(
        "messages.{index}: role 'system' must follow a 'user' message or an 'assistant' message ending in a server "
        "tool result; the directive-only form (content: [] with output_config) is accepted at any position",
        f"{DOCS}/build-with-claude/mid-conversation-system-messages",
    ),
    "system_followed": Wording(
        "messages.{index}: role 'system' must precede an 'assistant' message or end the array; the directive-only "
        "form (content: [] with output_config) is accepted at any position",
        MEASURED,
    ),
    "system_empty": Wording("messages.{index}: system content must contain at least one block", MEASURED),
    "system_blocks": Wording(
        "messages.{index}: role 'system' supports text, tool_addition and tool_removal blocks only", MEASURED
    ),
    "system_blank": Wording("messages.{index}: system text blocks must contain non-whitespace text", MEASURED),
    "extra_in_message": Wording("messages.{index}.{name}: Extra inputs are not permitted", MEASURED),
    "assistant_document": Wording(
        "messages.{index}.content.{block}: `document` blocks are not permitted in assistant messages",
        f"mockgw's own words for a rule of {DOCS}/api/migration-2026-10-21",
    ),
    "user_citations": Wording(
        "messages.{index}.content.{block}.text.citations: citations are not permitted in user messages",
        f"mockgw's own words for a rule of {DOCS}/api/migration-2026-10-21",
    ),
    # Calls and their results.
    "unanswered_call": Wording(
        "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. Each "
        "`tool_use` block must have a corresponding `tool_result` block in the next message.",
        f"{CLAUDE_CODE}/8210",
    ),
    "uncalled_result": Wording(
        "messages.{index}.content.{block}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each "
        "`tool_result` block must have a corresponding `tool_use` block in the previous message.",
        f"{CLAUDE_CODE}/18947",
    ),
    "second_result": Wording(
        "messages.{index}.content.{block}: each tool_use must have a single result. Found multiple `tool_result` "
        "blocks with id: {id}",
        QUOTED,
    ),
    "same_id": Wording(
        "messages.{index}.content.{block}: `tool_use` ids must be unique", f"{GITHUB}/trycua/cua/issues/524"
    ),
    "uncalled_server_result": Wording(
        "messages.{index}.content.{block}: unexpected `tool_use_id` found in `{type}` blocks: {id}. Each `{type}` "
        "block must have a corresponding `server_tool_use` block before it.",
        f"{CLAUDE_CODE}/64383",
    ),
    "unanswered_server_call": Wording(
        "`{name}` tool use with id `{id}` was found without a corresponding `{result}` block", QUOTED
    ),
    "waiting_call": Wording(
        "`{name}` tool use with id `{id}` was found without a corresponding `{result}` block, but no `{tool}` tool was "
        "provided",
        f"{DOCS}/agents-and-tools/tool-use/server-tools has its end",
    ),
    # Thinking.
    "changed_thinking": Wording(
        "messages.{index}.content.{block}: `thinking` or `redacted_thinking` blocks in the latest assistant message "
        "cannot be modified. These blocks must remain as they were in the original response.",
        f"{CLAUDE_CODE}/63432",
    ),
    "bad_signature": Wording(
        "messages.{index}.content.{block}: Invalid `signature` in `thinking` block", f"{CLAUDE_CODE}/10627"
    ),
    "bad_redacted": Wording(
        "messages.{index}.content.{block}: Invalid `data` in `redacted_thinking` block", f"{CLAUDE_CODE}/56708"
    ),
    "thinking_first": Wording(
        "messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{found}`. When "
        "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost "
        "set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To "
        "avoid this requirement, disable `thinking`. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
        f"{GITHUB}/lbjlaq/Antigravity-Manager/issues/139",
    ),
    "budget": Wording(
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
        f"{GITHUB}/liuw1535/antigravity2api-nodejs/issues/149",
    ),
    "thinking_temperature": Wording(
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult our "
        "documentation at https://platform.claude.com/docs/en/build-with-claude/extended-thinking",
        f"{GITHUB}/MayDay-wpf/snow-app/issues/42",
    ),
    "thinking_top_k": Wording(
        "`top_k` must be unset when thinking is enabled. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
        "#important-considerations-when-using-extended-thinking",
        f"{DOCS}/build-with-claude/extended-thinking",
    ),
    "thinking_top_p": Wording(
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. Please consult our "
        "documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
        "#important-considerations-when-using-extended-thinking",
        f"{DOCS}/build-with-claude/extended-thinking",
    ),
    "thinking_forced": Wording(
        "Thinking may not be enabled when tool_choice forces tool use.", f"{GITHUB}/mastra-ai/mastra/issues/7507"
    ),
    "no_enabled": Wording(
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
        f"{DOCS}/build-with-claude/thinking-troubleshooting",
    ),
    "no_disabled": Wording(
        '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
        f"{DOCS}/models/opus-5-5/whats-new-opus-5-5",
    ),
    "no_disabled_but_enabled": Wording(
        '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode when not '
        'specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.',
        f"{DOCS}/build-with-claude/thinking-troubleshooting",
    ),
    "no_disabled_but_between_tools": Wording(
        'To turn thinking off on this model, send "thinking": {{"type": "between_tools"}} instead of {{"type": '
        '"disabled"}}. The model does not think before responding. The short updates it writes between tool calls come '
        "back as thinking blocks.",
        f"{DOCS}/models/sonnet-5-5/migration-guide",
    ),
    "no_adaptive": Wording(
        "adaptive thinking is not supported on this model", f"{DOCS}/build-with-claude/thinking-troubleshooting"
    ),
    "no_between_tools": Wording(
        '"thinking.type.between_tools" is not supported for this model.',
        f"{DOCS}/build-with-claude/thinking-troubleshooting",
    ),
    # What a model can do.
    "model": Wording("model: {model}", f"{GITHUB}/anthropics/anthropic-sdk-typescript/issues/690", 404),
    "max_tokens": Wording(
        "max_tokens: {found} > {most}, which is the maximum allowed number of output tokens for {model}", QUOTED
    ),
    "prompt": Wording("prompt is too long: {found} tokens > {most} maximum", f"{CLAUDE_CODE}/12186"),
    "both_sampled": Wording(
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        f"{GITHUB}/Vali-98/ChatterUI/issues/564",
    ),
    "sampled": Wording("`{name}` is deprecated for this model.", f"{GITHUB}/RooCodeInc/Roo-Code/issues/12162"),
    "no_effort": Wording("This model does not support the effort parameter.", f"{CLAUDE_CODE}/30795"),
    "effort_level": Wording("This model does not support effort level '{found}'. Supported levels: {levels}.", QUOTED),
    "quiet_effort": Wording(
        "output_config.effort '{found}' is not supported when thinking is disabled on this model. Use effort 'high' or "
        "below, or enable thinking.",
        f"{CLAUDE_CODE}/76689",
    ),
    "warming": Wording(
        "max_tokens: 0 only fills the prompt cache, and cannot be combined with {what}",
        f"mockgw's own words for a rule of {DOCS}/build-with-claude/prompt-caching",
    ),
    "prefill": Wording(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
        f"{GITHUB}/livekit/agents/issues/4907",
    ),
    # Tools.
    "no_forcing": Wording(
        'tool_choice: type "tool" and "any" are not supported for this model.',
        f"{DOCS}/models/opus-5-5/whats-new-opus-5-5",
    ),
    "choice_alone": Wording("tool_choice may only be specified while providing tools", QUOTED),
    "choice_unknown": Wording("Tool '{name}' not found in provided tools", QUOTED),
    "same_tool": Wording("tools: Tool names must be unique.", f"{CLAUDE_CODE}/10687"),
    "tool_schema": Wording(
        "tools.{index}.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 "
        "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
        "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.",
        f"{CLAUDE_CODE}/86664",
    ),
    "all_deferred": Wording(
        "At least one tool must have defer_loading=false. All tools cannot be deferred.",
        f"{DOCS}/agents-and-tools/tool-use/tool-search-tool",
    ),
    "tool_reference": Wording(
        "Tool reference '{name}' not found in available tools", f"{DOCS}/agents-and-tools/tool-use/tool-search-tool"
    ),
    "format_schema": Wording(
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
        f"{DOCS}/build-with-claude/structured-outputs",
    ),
    "container": Wording(
        "container: Container identifier can only be provided when using the code execution tool", MEASURED
    ),
    "stop_blank": Wording(
        "stop_sequences: each stop sequence must contain non-whitespace", f"{GITHUB}/BerriAI/litellm/issues/3286"
    ),
    # The prompt cache.
    "cache_many": Wording(
        "A maximum of 4 blocks with cache_control may be provided. Found {found}.",
        f"{GITHUB}/github/copilot-cli/issues/4185",
    ),
    "cache_order": Wording(
        "{path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
        "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
        f"{GITHUB}/cnighswonger/claude-code-cache-fix/issues/44",
    ),
    "cache_empty": Wording("{path}.text: cache_control cannot be set for empty text blocks", f"{CLAUDE_CODE}/62379"),
    # Images and documents.
    "image": Wording("Could not process image", QUOTED),
    "image_type": Wording(
        "{path}.image.source.base64: The image was specified using the {said} media type, but the image appears to be "
        "a {found} image",
        QUOTED,
    ),
    "image_size": Wording(
        "{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
        f"{CLAUDE_CODE}/5147",
    ),
    "image_size_many": Wording(
        "{path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image "
        "requests: 2000 pixels",
        f"{CLAUDE_CODE}/14412",
    ),
    "image_resized": Wording(
        "{path}: image dimensions {found} exceed the maximum image size of a model named on this request and would be "
        "downsized to {fitting}; scale the image to at most {fitting} or set the image's oversized_image setting to "
        '"downsize"',
        f"{DOCS}/build-with-claude/vision-coordinates",
    ),
    "image_bytes": Wording(
        "{path}.image.source.base64: image exceeds {megabytes} MB maximum: {found} bytes > {most} bytes", QUOTED
    ),
    "pdf": Wording("The PDF specified was not valid.", f"{DOCS}/build-with-claude/pdf-support"),
    "pdf_locked": Wording("The PDF specified is password protected.", f"{DOCS}/build-with-claude/pdf-support"),
    "pdf_pages": Wording("A maximum of {most} PDF pages may be provided.", f"{DOCS}/build-with-claude/pdf-support"),
    "file": Wording("File `{found}` not found.", f"{DOCS}/build-with-claude/files", 404),
}


def said(code: str, **values: Any) -> str:
    """A text of the table with its values put in."""
    return WORDINGS[code].text.format_map(values)
