"""What is damaged is set aside under another name, never deleted, and made again from the documents.

Also tells whether a process that had the vectors open was killed: Chroma's graph files are mapped
into memory, and where one is torn, reading it may end the process that reads.
"""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import StoreError

COMPANIONS = ("-wal", "-shm")  # SQLite's own files beside a database
_OPEN = ".open-"


def set_aside(path: Path, what: str) -> str:
    """Rename a damaged file or folder; return one sentence about it.

    Args:
        path: of the file, with SQLite's companions, or of the folder.
        what: what it is, in words.

    Raises:
        StoreError: it cannot be renamed.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}-{secrets.token_hex(2)}")
    try:
        path.rename(aside)
        for end in COMPANIONS:
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    except OSError as error:
        raise StoreError(
            f"{what} in {str(path)!r} is damaged and cannot be set aside ({error.strerror});"
            " rename it and sync again."
        ) from error
    return (
        f"{what} was damaged; it is set aside as {aside.name!r} in {str(path.parent)!r}"
        " and was made again from the documents."
    )


class Presence:
    """Stands for a process that has a folder open, until `close` or its end, however that comes."""

    def __init__(self, folder: Path) -> None:
        """Look for others that ended without closing, then note this one."""
        self.died = False
        """Whether a process that had the folder open was killed since."""
        for left in folder.parent.glob(f"{_OPEN}*"):
            lock = FileLock(left)
            with suppress(Timeout, OSError):
                lock.acquire(timeout=0)
                self.died = True
                left.unlink(missing_ok=True)
                lock.release()
        self._path = folder.parent / f"{_OPEN}{secrets.token_hex(4)}"
        self._lock = FileLock(self._path, thread_local=False)
        with suppress(OSError):  # where nothing can be written, opening says so
            self._lock.acquire(timeout=0)

    def close(self) -> None:
        """Note that the folder was closed in order."""
        self._lock.release()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
