"""`requirements.lock`: every package that is installed, in one version, with the hashes of its files.
This reads it and writes it; `eval/supply/release.py` finds the hashes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from eval.errors import EvaluationError

LOCK = Path(__file__).parents[2] / "requirements.lock"
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_HEAD = """\
# Written by `make lock`: each package in one version, with the hash of every file of that release
# which Python 3.11 or newer may take, on any system. To add or change a pin, write name==version on
# a line of its own and run `make lock` again.
"""


@dataclass(frozen=True)
class Pin:
    """A package in one version; `hashes` are SHA-256 in hex, sorted; `marker` says where it is
    installed (PEP 508), "" for everywhere.
    """

    name: str
    version: str
    hashes: tuple[str, ...] = ()
    marker: str = ""

    @property
    def key(self) -> str:
        """The name as packages are compared by (PEP 503)."""
        return re.sub(r"[-_.]+", "-", self.name).lower()


def read(file: Path = LOCK) -> list[Pin]:
    """Return the pins of a lock file.

    Raises:
        EvaluationError: it cannot be read, or holds a line that is neither pin, hash nor comment.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EvaluationError(f"{str(file)!r} cannot be read ({error.strerror}).") from error
    pins: list[Pin] = []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        if found := _PIN.fullmatch(line):
            pins.append(Pin(found[1], found[2], marker=found[3] or ""))
        elif (hashed := _HASH.match(line)) and pins:
            last = pins.pop()
            pins.append(replace(last, hashes=tuple(sorted({*last.hashes, hashed[1]}))))
        else:
            raise EvaluationError(f"Line {number} of {file.name!r} is no pin: {line!r}.")
    return pins


def write(pins: Iterable[Pin], file: Path = LOCK) -> None:
    """Write pins, sorted by name."""
    rows = []
    for pin in sorted(pins, key=lambda pin: (pin.key, pin.version)):
        hashes = (f"    --hash=sha256:{one}" for one in pin.hashes)
        where = f" ; {pin.marker}" if pin.marker else ""
        rows.append(" \\\n".join([f"{pin.name}=={pin.version}{where}", *hashes]) + "\n")
    file.write_text(_HEAD + "".join(rows), encoding="utf-8")
