"""Outcomes: what an answer says of itself beside its content - why it was refused, its container, its context."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from mockgw.later import Later
from mockgw.notation import Natural, Text, Written, exclusive_schemas
from mockgw.scenario.kinds import misplaced

Json = dict[str, Any]
LIFETIME = timedelta(hours=1)
CLEARED = ("cleared_tool_uses", "cleared_thinking_turns")


class StopDetails(Written):
    """Why a request was refused."""

    category: Text | None = None
    """The kind of harm, such as `cyber` or `bio`; none when absent."""
    explanation: Text | None = None
    """What people are told."""
    recommended_model: Text | None = None
    """The model to ask instead."""

    def wire(self) -> Json:
        more = {} if self.recommended_model is None else {"recommended_model": self.recommended_model}
        return {"type": "refusal", "category": self.category, "explanation": self.explanation, **more}


class Container(Written):
    """The container that code runs in."""

    id: Text | None = None
    """Its id; the one that the request names when absent, else made."""
    expires_at: Text | None = None
    """When it ends, as in `2026-12-31T12:00:00Z`; an hour from now when absent."""
    skills: list[dict[str, Any]] | None = None
    """The skills that are loaded in it, as they are on the wire."""

    def wire(self, usual_id: str, wall: datetime) -> Json:
        ends = (wall + LIFETIME).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"id": self.id or usual_id, "expires_at": self.expires_at or ends, "skills": self.skills}


class Edit(Written):
    """Something that was taken out of the context: the results of tools, or thinking."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [key]} for key in CLEARED],
            "dependentSchemas": exclusive_schemas(CLEARED),
        }
    )

    cleared_tool_uses: Natural | None = None
    """How many calls of tools."""
    cleared_thinking_turns: Natural | None = None
    """How many turns' thinking."""
    cleared_input_tokens: Natural = 0
    """How many tokens that were; 0 when absent."""

    @model_validator(mode="after")
    def _of_one_kind(self) -> "Edit":
        found = [key for key in CLEARED if key in self.model_fields_set]
        if not found:
            raise ValueError(f"expected {' or '.join(map(repr, CLEARED))}")
        if len(found) > 1:
            raise misplaced(found[1], f"has no meaning beside {found[0]!r}; list an edit for each")
        return self

    def wire(self) -> Json:
        tokens = {"cleared_input_tokens": self.cleared_input_tokens}
        if self.cleared_tool_uses is not None:
            return {"type": "clear_tool_uses_20250919", "cleared_tool_uses": self.cleared_tool_uses, **tokens}
        return {"type": "clear_thinking_20251015", "cleared_thinking_turns": self.cleared_thinking_turns, **tokens}


class ContextManagement(Written):
    """What the API took out of the context before the model read it."""

    applied_edits: list[Later[Edit]] = Field(default_factory=list)
    """Each edit; none when absent."""

    def wire(self) -> Json:
        return {"applied_edits": [edit.wire() for edit in self.applied_edits]}
