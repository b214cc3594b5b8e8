"""Puts uploaded files into the folder of documents and takes files out of it: safe names only,
nothing outside the folder, nothing overwritten, nothing half-written, nothing deleted. Indexing
them is the sync's work.
"""

import filecmp
import os
import re
import shutil
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qa.page.run import Library
from qa.records.leftovers import in_the_making, sweep
from sources import scan

REMOVED = ".removed"
"""The hidden folder, inside the folder of documents, where removed files go."""
READ_ONLY = "This server is read-only; ask whoever runs it to add or remove documents."
MISSING = "there is no such file in the folder."
_LONGEST = 200  # bytes of a file name; common file systems allow 255
# What Windows takes for a device whatever follows the dot, should the folder ever be copied there.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Saved:
    """What became of one uploaded file; `problem` is `None` if it is now in the folder."""

    name: str
    problem: str | None = None


def save(uploads: Sequence[Path], folder: Path, suffixes: Collection[str]) -> list[Saved]:
    """Copy uploaded files into `folder`; return one report per file, in order."""
    return [save_as(upload, upload.name, folder, suffixes) for upload in uploads]


def save_as(upload: Path, name: str, folder: Path, suffixes: Collection[str]) -> Saved:
    """Copy an uploaded file under a name that may hold folders, such as "notes/may.md"."""
    parts = PurePosixPath(unicodedata.normalize("NFC", name)).parts
    for part in parts:
        if problem := _unfit(part):
            return Saved(name, problem)
    if not parts:
        return Saved(name, "it has no name; rename the file.")
    target = folder.joinpath(*parts)
    try:
        if not _inside(target, folder):
            return Saved(name, "its place would be outside the folder; rename the file.")
        if target.suffix.lower() in suffixes and len(parts) > 1:
            target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Saved(name, f"its folder cannot be made ({error.strerror}); rename it.")
    return Saved(name, _save(upload, target, suffixes))


def _inside(target: Path, folder: Path) -> bool:
    """Tell whether a path leads into the folder, links on the way included."""
    nearest = target.parent
    while not nearest.exists() and nearest != folder:
        nearest = nearest.parent
    return nearest.resolve().is_relative_to(folder.resolve())


def _unfit(name: str) -> str | None:
    unsafe = any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
    alike = unicodedata.normalize("NFKC", name)  # a look-alike of a separator or of a dot is none
    hidden = name.startswith(".") or alike.startswith(".")
    parted = any(sign in name + alike for sign in "/\\:∕⁄⧸⟋╱∖⧵⟍╲∶ː꞉")
    if unsafe or hidden or parted or _DEVICE.match(alike) or alike != alike.rstrip(" ."):
        return f"the name {name!r} cannot be used here; rename the file."
    if len(name.encode()) > _LONGEST:
        return f"the name is longer than {_LONGEST} bytes; shorten it."
    return None


def _save(upload: Path, target: Path, suffixes: Collection[str]) -> str | None:
    if target.suffix.lower() not in suffixes:
        known = ", ".join(sorted(suffixes))
        return f"files ending in {target.suffix!r} cannot be read; use one of {known}."
    if os.path.lexists(target):
        name = target.name
        same = target.is_file() and filecmp.cmp(upload, target, shallow=False)
        already = "it is already in the folder."
        return already if same else f"another {name!r} is in the folder; rename one of the two."
    return _place(upload, target)


def _place(upload: Path, target: Path) -> str | None:
    part = in_the_making(target)
    try:
        with upload.open("rb") as source, part.open("xb") as copy:
            shutil.copyfileobj(source, copy, 2**20)
            copy.flush()
            os.fsync(copy.fileno())
        os.link(part, target)  # unlike a rename, a link never replaces what is there
    except OSError as error:
        return f"the folder cannot take it ({error.strerror or error}); check space and rights."
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        sweep(target.parent)
    return None


def listed(library: Library, folder: Path) -> set[str]:
    """Return the paths that a user is shown: of documents, of copies, of files that are skipped."""
    documents = {p for record in library.documents() for p in (record.path, *record.also_at)}
    skipped = [*library.status().skipped, *scan(folder).skipped]
    return documents | {one.path for one in skipped}


def remove_listed(path: str, folder: Path, library: Library) -> Saved:
    """Remove a file as `remove` does if it is one that users are shown: page and API, alike."""
    return remove(path, folder) if path in listed(library, folder) else Saved(path, MISSING)


def remove(path: str, folder: Path) -> Saved:
    """Move a file of the folder into the hidden folder `.removed`, from where it can come back."""
    source, target = folder / path, folder / REMOVED / path
    if not _named(path) or not source.is_file():
        return Saved(path, MISSING)
    if not (_inside(source, folder) and _inside(target, folder)):
        return Saved(path, MISSING)
    number = 1
    while os.path.lexists(target):
        number += 1
        target = (folder / REMOVED / path).with_stem(f"{source.stem} ({number})")
    return Saved(path, _move(source, target))


def put_back(path: str, folder: Path) -> Saved:
    """Move a removed file back to where it was."""
    source, target = folder / REMOVED / path, folder / path
    inside = _named(path) and _inside(source, folder) and _inside(target, folder)
    if not inside or not source.is_file() or os.path.lexists(target):
        return Saved(path, "it is not there any more, or another file has its name now.")
    return Saved(path, _move(source, target))


def _named(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not any(part.startswith(".") or part == "/" for part in parts)


def _move(source: Path, target: Path) -> str | None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
    except OSError as error:
        return f"the file cannot be moved ({error.strerror or error}); check its rights."
    return None
