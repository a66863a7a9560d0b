"""Misfits: why a schema does not allow a value that somebody wrote."""

from typing import Any


def misfit(schema: dict[str, Any], value: Any) -> str:
    """Why a schema does not allow a value; nothing when it does, or is no schema."""
    import jsonschema_rs  # slow to import: few scenarios need it

    try:
        validator = jsonschema_rs.validator_for(schema, retriever=_nothing)
    except ValueError:
        return ""
    return next((error.message for error in validator.iter_errors(value)), "")


def _nothing(uri: str) -> Any:
    """Nothing is fetched for a schema."""
    raise ValueError(uri)
