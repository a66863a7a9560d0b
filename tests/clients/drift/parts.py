"""Parts: what there is in the API, in the same words whoever tells it, and in which types of the SDKs it stands.

A part is written as the way to it: `.name` is a field, `[]` what stands in a list, `<tag>` the object whose `type` is
that, `=value` a value: `.messages[].content[]<text>.citations[]<char_location>.file_id`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the API, and the types that say what is in it.

    `python` are names in `anthropic.types`, `typescript` files and names there. `leaves` are the ways on which nobody
    goes further, because another area begins there. `mend` is where mockgw keeps it. `grows`: mockgw may know more than
    the SDKs, as of blocks that it takes and never gives.
    """

    python: tuple[str, ...]
    typescript: tuple[tuple[str, str], ...]
    mend: str
    leaves: tuple[str, ...] = ()
    grows: bool = False


MESSAGES, BETA = "resources/messages/messages.d.ts", "resources/beta/messages/messages.d.ts"
AREAS: dict[str, Area] = {
    "request": Area(
        (
            "message_create_params.MessageCreateParamsStreaming",
            "beta.message_create_params.MessageCreateParamsStreaming",
        ),
        ((MESSAGES, "MessageCreateParamsBase"), (BETA, "MessageCreateParamsBase")),
        "mockgw/validation/closed.py, blocks.py and tooling.py; mockgw/protocol/parameters.py for what has to be right",
    ),
    "answer": Area(
        ("Message", "beta.BetaMessage"),
        ((MESSAGES, "Message"), (BETA, "BetaMessage")),
        "mockgw/protocol/messages.py",
        leaves=("<message>.content",),
    ),
    "block": Area(
        ("ContentBlock", "beta.BetaContentBlock"),
        ((MESSAGES, "ContentBlock"), (BETA, "BetaContentBlock")),
        "mockgw/validation/blocks.py: clients send back what they got",
        grows=True,
    ),
    "event": Area(
        ("RawMessageStreamEvent", "beta.BetaRawMessageStreamEvent"),
        ((MESSAGES, "RawMessageStreamEvent"), (BETA, "BetaRawMessageStreamEvent")),
        "mockgw/protocol/events.py",
        leaves=("<message_start>.message", "<content_block_start>.content_block"),
    ),
    "stop reason": Area(
        ("StopReason", "beta.BetaStopReason"),
        ((MESSAGES, "StopReason"), (BETA, "BetaStopReason")),
        "mockgw/lint/answers.py",
    ),
    "error type": Area(
        ("ErrorType",),
        (("resources/shared.d.ts", "ErrorType"),),
        "mockgw/protocol/errors.py",
    ),
    "beta": Area(
        ("AnthropicBetaParam",),
        (("resources/beta/beta.d.ts", "AnthropicBeta"),),
        "mockgw/validation/betas.py",
    ),
    "model": Area(
        ("Model",),
        ((MESSAGES, "Model"),),
        "mockgw/protocol/models.py",
    ),
    "model info": Area(
        ("ModelInfo", "beta.BetaModelInfo"),
        (("resources/models.d.ts", "ModelInfo"), ("resources/beta/models.d.ts", "BetaModelInfo")),
        "mockgw/protocol/models.py",
    ),
    "batch": Area(
        ("messages.MessageBatch", "beta.messages.BetaMessageBatch"),
        (
            ("resources/messages/batches.d.ts", "MessageBatch"),
            ("resources/beta/messages/batches.d.ts", "BetaMessageBatch"),
        ),
        "mockgw/batches.py",
    ),
    "file": Area(
        ("FileMetadata", "beta.BetaFileMetadata"),
        (("resources/files.d.ts", "FileMetadata"), ("resources/beta/files.d.ts", "BetaFileMetadata")),
        "mockgw/files.py and mockgw/endpoints/files.py",
    ),
}
