"""Later: classes of pydantic that are built when they are first used, not with the classes that mention them."""

from collections.abc import Hashable
from importlib import import_module
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


def _built_later(model: type[BaseModel]) -> CoreSchema:
    return core_schema.no_info_plain_validator_function(model.model_validate)


class _Later:
    """What the code itself makes of such a class when it is imported is constructed, not validated: that builds it."""

    def __get_pydantic_core_schema__(self, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        return _built_later(source)


Later = Annotated[T, _Later()]


class Elsewhere:
    """A class whose module is imported when the first file uses it, with all that it is made of."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def model(self) -> type[BaseModel]:
        """The class itself."""
        module, name = self._place
        found: type[BaseModel] = getattr(import_module(module), name)
        return found

    def built(self, value: Any) -> BaseModel:
        return self.model().model_validate(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.built)


class ByType:
    """Of several classes the one that `type` names, built later."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        names = {name: model for model in get_args(source) for name in get_args(model.model_fields["type"].annotation)}
        choices: dict[Hashable, CoreSchema] = {name: _built_later(model) for name, model in names.items()}
        return core_schema.tagged_union_schema(choices, "type")


class OfOneKind(BaseModel):
    """A generic class that is built for some kind only: pydantic would build it for all, whenever it is given one."""

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        return False if cls.__pydantic_generic_metadata__["parameters"] else super().model_rebuild(**options)
