"""What Footnote keeps of you, where, and how much; and forgetting it. Your own folders of documents
are never touched, nor the weights, which are the same for everybody.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.lock import only_writer
from index.places import folder_of
from qa.errors import SavedError

_NAMED = {
    "conversations": "conversations: questions, answers, quotations",
    "feedback.jsonl": "judgements of answers, with question and answer",
    "cases.jsonl": "test cases made of answers",
    "runs": "evaluation runs: questions and answers",
    "uploads": "copies of uploads that were not finished",
    "begin-*.json": "questions to begin with, drawn from the documents",
}
_INDEX = "index: the text of the documents, cut and embedded"
_FOLDER = "the name of the folder"
_WEIGHTS = "model weights, the same for everybody; delete the folder to be rid of them"
_REMOVED = "documents removed on the page; yours, inside your folder"
_SIZES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


@dataclass(frozen=True)
class Kept:
    """Something that is kept: what, where, in how many files and bytes; `about` is the folder of
    documents it comes from, or "" where that is not known.
    """

    what: str
    paths: tuple[Path, ...]
    files: int
    size: int
    about: str = ""
    forgettable: bool = True


def kept(home: Path) -> list[Kept]:
    """Return everything that is kept below `home`, index by index, and what it leaves alone."""
    found: list[Kept] = []
    for location in sorted(path for path in (home / "indexes").glob("*") if path.is_dir()):
        found += _of_index(location)
    known = sorted({one.about for one in found if one.about})
    for folder in known:
        found += _row(_REMOVED, [Path(folder) / ".removed"], folder, forgettable=False)
    return [*found, *_row(_WEIGHTS, [home / "models"], forgettable=False)]


def _of_index(location: Path) -> list[Kept]:
    about = folder_of(location)
    rows: list[Kept] = []
    named: set[Path] = {location / "folder"}
    for pattern, what in _NAMED.items():
        places = sorted(location.glob(pattern))
        named.update(places)
        rows += _row(what, places, about)
    rest = sorted(path for path in location.iterdir() if path not in named)
    return [*_row(_INDEX, rest, about), *rows, *_row(_FOLDER, [location / "folder"], about)]


def _row(
    what: str, places: Sequence[Path], about: str = "", *, forgettable: bool = True
) -> list[Kept]:
    files = [file for place in places for file in _files(place)]
    size = 0
    for file in files:
        with suppress(OSError):  # gone meanwhile, as journals of databases are
            size += file.lstat().st_size
    row = Kept(what, tuple(places), len(files), size, about, forgettable)
    return [row] if files else []


def _files(place: Path) -> Iterable[Path]:
    if place.is_dir() and not place.is_symlink():
        return [path for path in place.rglob("*") if path.is_symlink() or path.is_file()]
    return [place] if place.is_symlink() or place.exists() else []


def forget(home: Path, *, about: Path | None = None) -> list[Path]:
    """Remove what is kept of every folder of documents, or of one; return what was removed.

    Args:
        home: Footnote's cache folder.
        about: one folder of documents; all where `None`.

    Raises:
        BusyError: an index is being brought up to date now.
        SavedError: something cannot be removed.
    """
    wanted = str(about.expanduser().resolve()) if about else None
    removed = []
    for location in sorted(path for path in (home / "indexes").glob("*") if path.is_dir()):
        name = folder_of(location)
        if wanted is not None and name != wanted:
            continue
        with only_writer(location / "writer.lock", Path(name or location)):
            _remove(location)
        removed.append(location)
    return removed


def _remove(location: Path) -> None:
    try:
        shutil.rmtree(location)
    except OSError as error:
        raise SavedError(
            f"{str(location)!r} cannot be removed ({error.strerror or error}); mend its rights, "
            "or end the server that uses it."
        ) from error


def privacy_command(
    home: Path, *, about: Path | None, forgets: bool, sure: Callable[[str], bool]
) -> int:
    """List what is kept, and remove it where that is asked for and confirmed.

    Args:
        home: Footnote's cache folder.
        about: only what comes from this folder of documents; everything where `None`.
        forgets: whether to remove it.
        sure: asks the user; true where they mean it.

    Returns:
        0, or 1 where it was to be removed and was not.
    """
    wanted = str(about.expanduser().resolve()) if about else None
    rows = [row for row in kept(home) if wanted is None or row.about == wanted]
    _say(home, rows)
    mine = [row for row in rows if row.forgettable]
    if not forgets or not mine:
        return 0
    files, size = sum(row.files for row in mine), sized(sum(row.size for row in mine))
    if not sure(f"Remove these {files} files ({size})? Your documents and the weights stay."):
        sys.stdout.write("Nothing was removed.\n")
        return 1
    removed = forget(home, about=about)
    sys.stdout.write(f"Removed {files} files ({size}) of {len(removed)} folders of documents.\n")
    return 0


def _say(home: Path, rows: list[Kept]) -> None:
    say = sys.stdout.write
    say(f"Kept in {home}, on this machine only:\n" if rows else f"Nothing is kept in {home}.\n")
    about: str | None = None
    for row in rows:
        if row.about != about:
            about = row.about
            say(f"\n{f'About {about}' if about else 'About a folder whose name is not kept'}:\n")
        if row.what == _WEIGHTS:
            say("\n")
        stays = "" if row.forgettable else " (stays)"
        places = ", ".join(str(path) for path in _shown(row.paths))
        say(f"  {sized(row.size):>10}  {row.files:>6} files  {row.what}{stays}\n{'':14}{places}\n")


def _shown(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths, or their common folder where they are many."""
    return paths if len(paths) == 1 else (paths[0].parent,)


def sized(size: int) -> str:
    """Return bytes as people read them."""
    for unit, name in _SIZES:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"
