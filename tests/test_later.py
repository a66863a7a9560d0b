"""Later: what is built when, and what is said of what cannot be read."""

from typing import Annotated, Any, Generic, Literal, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from mockgw.later import ByType, Elsewhere, Later, OfOneKind

T = TypeVar("T")


class Inner(BaseModel):
    model_config = ConfigDict(defer_build=True)
    type: Literal["inner"]
    size: int


class Other(BaseModel):
    model_config = ConfigDict(defer_build=True)
    type: Literal["other"]


class Outer(BaseModel):
    one: Later[Inner] | None = None
    any: Annotated[Inner | Other, ByType()] | None = None


class Box(OfOneKind, Generic[T]):
    held: T


def test_a_class_is_built_when_it_is_used_and_no_other() -> None:
    assert Outer.__pydantic_complete__
    assert not Inner.__pydantic_complete__
    assert Outer.model_validate({"any": {"type": "inner", "size": 3}}).any == Inner(type="inner", size=3)
    assert Inner.__pydantic_complete__
    assert not Other.__pydantic_complete__


def test_what_is_wrong_inside_has_its_whole_place() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"one": {"type": "inner", "size": "x"}})
    assert [error["loc"] for error in caught.value.errors()] == [("one", "size")]


def test_a_generic_class_is_built_for_one_kind_only() -> None:
    assert Box[int](held=3).held == 3
    assert Box.model_rebuild() is False


def test_a_class_of_another_module_is_imported_when_it_is_used() -> None:
    class Holder(BaseModel):
        held: Annotated[Any, Elsewhere("mockgw.scenario.gateway.limits", "Window")] = None

    assert Holder().held is None
    assert Holder.model_validate({"held": {"tokens": 3}}).held.tokens == 3
    with pytest.raises(ValidationError) as caught:
        Holder.model_validate({"held": {"tokens": 0}})
    assert [error["loc"] for error in caught.value.errors()] == [("held", "tokens")]
