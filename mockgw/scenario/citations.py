"""Citations: where a text has it from - a page of the web, a document or a search result of the request."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from mockgw.notation import Count, JsonSchema, Text, Written, exclusive_schemas, integer_schema, shown
from mockgw.scenario.kinds import misplaced

SOURCES = ("url", "document", "search_result")
ONE_SOURCE: JsonSchema = {
    "anyOf": [{"required": [source]} for source in SOURCES],
    "dependentSchemas": exclusive_schemas(SOURCES) | {"page": {"required": ["document"]}},
}


def read_source(value: Any) -> Any:
    """A title, or a number from 0."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError(f"expected a title or a whole number from 0, found {shown(value)}")


Which = Annotated[Any, BeforeValidator(read_source), WithJsonSchema({"anyOf": [integer_schema(0), {"type": "string"}]})]


class Citation(Written):
    """What a text is taken from: exactly one of `url`, `document` and `search_result`, and more about it."""

    model_config = ConfigDict(json_schema_extra=ONE_SOURCE)

    url: Text | None = None
    """A page of the web."""
    document: Which | None = None
    """A document of the request: its title, or its number, from 0."""
    search_result: Which | None = None
    """A search result of the request: its title, or its number, from 0."""
    cited_text: Text | None = None
    """The words that are cited; those of the text itself when absent."""
    title: Text | None = None
    """The source's title; its own when absent."""
    page: Count | None = None
    """The page of a document, from 1."""

    @model_validator(mode="after")
    def _one_source(self) -> "Citation":
        found = [source for source in SOURCES if source in self.model_fields_set]
        if len(found) > 1:
            raise misplaced(found[1], f"has no meaning beside {found[0]!r}: cite each on its own")
        if not found:
            raise ValueError(f"expected one of {', '.join(SOURCES)}")
        if self.page is not None and self.document is None:
            raise misplaced("page", f"has no meaning beside {found[0]!r}; only a 'document' has pages")
        return self

    @property
    def source(self) -> str:
        """Which of its keys says where it is from."""
        return next(source for source in SOURCES if source in self.model_fields_set)
