"""Files: what the clients of a session have uploaded, and what its scenarios have made; in memory, and bounded."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from mimetypes import MimeTypes

from mockgw.scenario.gateway.files import FileForm
from mockgw.values import light

MOST_FILES = 1_000  # of a session
MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_OF_ALL = 512 * 1024 * 1024  # of all sessions

KNOWN = MimeTypes(filenames=())  # not those of this machine
ANY = "application/octet-stream"


@light
class File:
    """A file. `created` is a time of day as its session has it, `lasts` for how many seconds from then it is kept.

    `made` is whether a scenario has made it, not a client.
    """

    id: str
    filename: str
    mime_type: str
    data: bytes
    created: datetime
    lasts: int | None = None
    made: bool = False

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def expires(self) -> datetime | None:
        return None if self.lasts is None else self.created + timedelta(seconds=self.lasts)

    def has_expired(self, now: datetime) -> bool:
        return self.expires is not None and now >= self.expires

    @property
    def text(self) -> str | None:
        """What it says, if it is text."""
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            return None


class Files:
    """All files of a session."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._provided: set[str] = set()

    def add(self, file: File) -> bool:
        """Keep one more; False if there is no room."""
        if len(self._files) >= MOST_FILES or self.size_bytes + file.size_bytes > MOST_BYTES:
            return False
        self._files[file.id] = file
        return True

    def provide(self, source: str, files: Iterable[File]) -> None:
        """Files that a gateway has from the start, once: those that were deleted do not come back."""
        if source not in self._provided:
            self._provided.add(source)
            self._files |= {file.id: file for file in files}

    def find(self, id: str) -> File | None:
        return self._files.get(id)

    def remove(self, id: str) -> None:
        self._files.pop(id, None)

    def newest_first(self) -> list[File]:
        return list(reversed(self._files.values()))

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self)

    def __iter__(self) -> Iterator[File]:
        return iter(self._files.values())


def made(form: FileForm, id: str, now: datetime) -> File:
    """A file that a scenario has made."""
    return File(id, form.filename, type_of(form.filename, form.mime_type or ""), form.text.encode(), now, made=True)


def type_of(filename: str, said: str) -> str:
    """The type of a file: as it is said to be, else by the end of its name."""
    return said if said and said != ANY else KNOWN.guess_type(filename)[0] or ANY


def extension_of(mime_type: str) -> str:
    """The usual end of the names of such files, if there is one."""
    return KNOWN.guess_extension(mime_type.partition(";")[0].strip()) or ""
