"""Walk a folder: which files would be read, and which are skipped and why. Contents are not
opened. Ids are NFC, POSIX and relative; the real path is kept, because a file system may hold the
same name in NFD. `reading.py` comes next.
"""

import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from sources.errors import FolderError
from sources.loaders import SUFFIXES
from sources.settings import SourcesSettings


@dataclass(frozen=True)
class File:
    """A file that can be read: its id, where it really is, bytes, and time of its last change."""

    path: str
    absolute: Path
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Skipped:
    """A file or folder that is left out, and why. `path` is always valid Unicode."""

    path: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What a folder holds, both parts sorted by path."""

    files: tuple[File, ...]
    skipped: tuple[Skipped, ...]


@dataclass
class _Walk:
    root: Path
    settings: SourcesSettings
    files: dict[str, File] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    linked: list[Path] = field(default_factory=list)

    def skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(_identity(path.relative_to(self.root)), reason))

    def folder(self, top: Path) -> None:
        """Walk everything below `top` without following links to folders."""
        waiting = [top]
        while waiting:
            here = waiting.pop()
            real = here.resolve()
            if real in self.seen:
                continue
            self.seen.add(real)
            try:
                entries = sorted(os.scandir(here), key=lambda e: e.name)
            except OSError as error:
                if here == self.root:
                    raise _unlistable(here, error) from error
                self.skip(here, f"this folder may not be listed ({error.strerror})")
                continue
            for entry in entries:
                if entry.name.startswith((".", "~$")):  # hidden, or an office lock file
                    continue
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_symlink():
                    self.link(path)
                else:
                    self.file(path)

    def link(self, path: Path) -> None:
        """List what a link inside the folder points at; a linked folder waits for its turn."""
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            self.skip(path, "this link leads nowhere")
            return
        if not target.is_relative_to(self.root.resolve()):
            self.skip(path, "this link leads out of the folder; copy the file into the folder")
        elif target.is_dir():
            self.linked.append(path)
        else:
            self.file(path)

    def file(self, path: Path) -> None:
        """List one file, or say why it is skipped."""
        try:
            found = path.stat()
        except OSError as error:
            self.skip(path, f"this file may not be read ({error.strerror})")
            return
        identity = _identity(path.relative_to(self.root))
        reason = self.reason(path, identity, found)
        if reason is None:
            self.files[identity] = File(identity, path, found.st_size, found.st_mtime_ns)
        else:
            self.skip(path, reason)

    def reason(self, path: Path, identity: str, found: os.stat_result) -> str | None:
        """Say why a file is not read, or `None` if it is."""
        limit = self.settings.max_file_bytes
        if not stat.S_ISREG(found.st_mode):
            return "this is not a regular file"
        if not _is_unicode(str(path)):
            return "its name is not valid Unicode; rename it"
        if path.suffix.lower() not in SUFFIXES:
            return f"files of type {path.suffix.lower()!r} are not read; save it as PDF or text"
        if found.st_size == 0:
            return "this file is empty"
        if found.st_size > limit:
            return f"{found.st_size:,} bytes are more than the limit of {limit:,}; split the file"
        if identity in self.files:
            return "another file has the same name in Unicode NFC; rename one of them"
        return None


def scan(folder: Path, settings: SourcesSettings | None = None) -> Scan:
    """List what a folder would give, without opening a file.

    Hidden files and folders are left out silently. A link to a folder inside is followed only if
    that folder is not listed under its own name already, so links never loop.

    Args:
        folder: the folder to walk, all levels.
        settings: the size limit; the default where `None`.

    Raises:
        FolderError: the folder does not exist, is a file, or may not be listed.
    """
    if not folder.exists():
        raise FolderError(f"The folder {str(folder)!r} does not exist; name one that does.")
    if not folder.is_dir():
        raise FolderError(f"{str(folder)!r} is a file; name the folder that holds the documents.")
    walk = _Walk(folder.absolute(), settings or SourcesSettings())
    walk.folder(walk.root)
    while walk.linked:
        walk.linked.sort(reverse=True)
        walk.folder(walk.linked.pop())
    files = tuple(walk.files[path] for path in sorted(walk.files))
    return Scan(files, tuple(sorted(walk.skipped, key=lambda s: (s.path, s.reason))))


def _identity(relative: Path) -> str:
    name = os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", name)


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _unlistable(folder: Path, error: OSError) -> FolderError:
    return FolderError(
        f"The folder {str(folder)!r} may not be listed ({error.strerror}); "
        "give yourself the right to read it or name another."
    )
