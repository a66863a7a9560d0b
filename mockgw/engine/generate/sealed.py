"""Sealed: a faker that templates can ask for anything it makes up, and for nothing else."""

from collections.abc import Callable
from typing import Any

from faker import Faker
from faker.generator import Generator


class Sealed(Generator):
    """Faker's generator, which takes no more providers once it is sealed, and finds nothing of Python's by its name.

    All templates share it: what one of them could change would be changed for every session. And `get_formatter`,
    which stands behind everything that names what is to be made up, would hand out whatever an object has.
    """

    _offered: frozenset[str] | None = None

    def seal(self) -> None:
        names = {name for provider in self.providers for name in dir(provider) if not name.startswith("_")}
        self._offered = frozenset(name for name in names if callable(getattr(self, name, None)))

    def get_formatter(self, formatter: str) -> Callable[..., Any]:
        if self._offered is not None and formatter not in self._offered:
            raise AttributeError(f"Unknown formatter {formatter!r}")
        return super().get_formatter(formatter)

    def add_provider(self, provider: Any) -> None:
        self._check_open()
        super().add_provider(provider)

    def set_formatter(self, name: str, formatter: Callable[..., Any]) -> None:
        self._check_open()
        super().set_formatter(name, formatter)

    def set_arguments(self, group: str, argument: str, value: Any = None) -> None:
        self._check_open()
        super().set_arguments(group, argument, value)

    def del_arguments(self, group: str, argument: str | None = None) -> Any:
        self._check_open()
        return super().del_arguments(group, argument)

    def _check_open(self) -> None:
        if self._offered is not None:
            raise AttributeError("a template cannot change the faker")


def faker() -> Faker:
    """A faker of Faker's usual providers, sealed."""
    generator = Sealed(locale="en_US", use_weighting=True)  # type: ignore[arg-type]  # as Faker's own factory gives them
    made = Faker("en_US", generator=generator)
    generator.seal()
    return made
