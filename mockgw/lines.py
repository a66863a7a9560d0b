"""Lines: files to which lines are appended while a gateway runs, and the journal as one of them."""

from collections.abc import Callable
from pathlib import Path

from mockgw.errors import SettingsError
from mockgw.journal import Exchange


class LineFile:
    """A file to which lines are appended, each at once; what goes wrong is told once, and no answer fails.

    SettingsError when it cannot be opened. `kind` is what messages call it.
    """

    def __init__(self, path: Path, kind: str, tell: Callable[[str], None]) -> None:
        self._named = f"the {kind} {path}"
        self._tell = tell
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise SettingsError(f"{self._named} cannot be written: {error.strerror}") from None

    def append(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest and not self._file.closed:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.close()
            self._tell(f"mockgw: {self._named} ends here: {error.strerror}; requests are answered as before")

    def close(self) -> None:
        self._file.close()


class JournalFile:
    """A file to which each exchange is appended when it ends. An observer of a `Pipeline`; errors as of a LineFile."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._file = LineFile(path, "journal", tell)
        self._run = ""

    def __call__(self, exchange: Exchange) -> None:
        self._run = self._run or exchange.received.isoformat()
        self._file.append(exchange.line(self._run))

    def close(self) -> None:
        self._file.close()
