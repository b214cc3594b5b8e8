"""Puts uploaded files into the folder of documents: safe names only, nothing outside the folder,
nothing overwritten, nothing half-written. Indexing them is the sync's work.
"""

import filecmp
import os
import shutil
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 200  # bytes of a file name; common file systems allow 255


@dataclass(frozen=True)
class Saved:
    """What became of one uploaded file; `problem` is `None` if it is now in the folder."""

    name: str
    problem: str | None = None


def save(uploads: Sequence[Path], folder: Path, suffixes: Collection[str]) -> list[Saved]:
    """Copy uploaded files into `folder`; return one report per file, in order."""
    return [Saved(upload.name, _save(upload, folder, suffixes)) for upload in uploads]


def _save(upload: Path, folder: Path, suffixes: Collection[str]) -> str | None:
    name = unicodedata.normalize("NFC", upload.name)
    unsafe = any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
    if unsafe or name.startswith(".") or "/" in name or "\\" in name or ":" in name:
        return f"the name {name!r} cannot be used here; rename the file."
    if len(name.encode()) > _LONGEST:
        return f"the name is longer than {_LONGEST} bytes; shorten it."
    if upload.suffix.lower() not in suffixes:
        known = ", ".join(sorted(suffixes))
        return f"files ending in {upload.suffix!r} cannot be read; use one of {known}."
    target = folder / name
    if os.path.lexists(target):
        same = target.is_file() and filecmp.cmp(upload, target, shallow=False)
        already = "it is already in the folder."
        return already if same else f"another {name!r} is in the folder; rename one of the two."
    return _place(upload, target)


def _place(upload: Path, target: Path) -> str | None:
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(upload, part)
        os.link(part, target)  # unlike a rename, a link never replaces what is there
    except OSError as error:
        return f"the folder cannot take it ({error.strerror or error}); check space and rights."
    finally:
        part.unlink(missing_ok=True)
    return None
