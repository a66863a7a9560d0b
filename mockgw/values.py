"""Values: what is made anew for each request, as cheaply as Python can."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def light(cls: type[T]) -> type[T]:
    """A frozen dataclass for the type checker; at run time one that is only slotted, which is made five times faster.

    For what every request makes; all else is `@dataclass(frozen=True, slots=True)`.
    """
    return dataclass(slots=True)(cls)
