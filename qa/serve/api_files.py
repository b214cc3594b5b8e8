"""Files that come and go over HTTP. Under which names, and that nothing outside the folder is ever
touched, is the rule of `qa/page/files.py`; here its words become HTTP statuses.
"""

import shutil
import tempfile
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index import Index
from qa.errors import RequestError
from qa.page import files
from sources import SourcesSettings

_LARGEST = SourcesSettings().max_file_bytes


@dataclass(frozen=True)
class Refused:
    """A file that was not saved: why, and the HTTP status that says so."""

    name: str
    reason: str
    status: int


def take(
    name: str, content: BinaryIO, size: int, folder: Path, suffixes: Collection[str]
) -> Refused | None:
    """Save one uploaded file in `folder`, whole or not at all; return why it was not.

    Args:
        name: which may hold folders, such as "notes/may.md".
        content: its bytes.
        size: their number.
        folder: of the documents.
        suffixes: endings of files that can be read.
    """
    if size > _LARGEST:
        return Refused(name, f"it is larger than {_LARGEST:,} bytes; split it.", 413)
    with tempfile.NamedTemporaryFile(prefix="footnote-") as copy:
        try:
            shutil.copyfileobj(content, copy, 2**20)
            copy.flush()
        except OSError as error:
            return Refused(name, f"it cannot be stored ({error.strerror}); free some space.", 507)
        saved = files.save_as(Path(copy.name), name, folder, suffixes)
    if saved.problem is None:
        return None
    return Refused(name, saved.problem, 409 if _is_there(name, folder) else 400)


def _is_there(name: str, folder: Path) -> bool:
    try:
        place = (folder / unicodedata.normalize("NFC", name)).resolve()
        return place.is_relative_to(folder.resolve()) and place.exists()
    except (OSError, ValueError):  # too long for the file system, or a NUL
        return False


def remove(path: str, folder: Path, index: Index) -> None:
    """Take a file out of the folder; it is kept in the hidden folder of removed files.

    Args:
        path: as the index lists it.
        folder: of the documents.
        index: whose listed paths may be removed, and nothing else.

    Raises:
        RequestError: there is no such file, or it cannot be moved.
    """
    removed = files.remove_listed(path, folder, index)
    if removed.problem == files.MISSING:
        raise RequestError(
            f"There is no document {path!r}; GET /api/documents lists them.", status=404
        )
    if removed.problem:
        raise RequestError(f"{path!r} was not removed: {removed.problem}", status=409)
