"""One writer at a time.

The lock is the operating system's, on a file, so a killed process leaves none behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import BusyError, StoreError


@contextmanager
def only_writer(path: Path, folder: Path) -> Iterator[None]:
    """Hold the lock file at `path` for the block.

    Raises:
        BusyError: another process, or another index object of this one, is writing.
        StoreError: the lock file cannot be made.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(
            f"The index of {str(folder)!r} is being brought up to date by another process;"
            " wait until it has finished, then try again."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The index of {str(folder)!r} cannot be written ({error.strerror or error});"
            " free some disk space or mend its rights, then sync again."
        ) from error
    try:
        yield
    finally:
        lock.release()
