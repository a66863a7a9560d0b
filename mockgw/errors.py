"""Errors: what a person who configures mockgw did wrong.

    MockgwError
    ├── SettingsError    a flag, an environment variable, a file that is not there
    ├── PortInUseError   somebody else listens there
    └── ScenarioError    a scenario file, with its line and column

What a *client* did wrong, or must see, is `mockgw.protocol.errors.ApiError`.
Anything else is a bug of ours and stays loud.
"""

from pathlib import Path


class MockgwError(Exception):
    """One clear message for the person at the terminal, and the exit code that goes with it."""

    exit_code = 1


class SettingsError(MockgwError):
    """A flag or an environment variable that cannot be used, or a path that is not there."""

    exit_code = 3


class PortInUseError(MockgwError):
    """The address cannot be listened on."""

    exit_code = 5


class ScenarioError(MockgwError):
    """A scenario that cannot be used: `file:line:column: what is wrong`."""

    exit_code = 4

    def __init__(self, message: str, path: Path | str, line: int | None = None, column: int | None = None) -> None:
        self.message = message
        self.path = Path(path)
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}")
