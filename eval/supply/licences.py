"""The licence of each package, as it states it itself, and whether it goes with Apache-2.0, under
which Footnote is: permissive ones do, and file-wide copyleft does, as long as a package is used
unchanged. Anything else needs a reason here.
"""

import importlib.metadata
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageMetadata

from packaging.markers import Marker

from eval.errors import EvaluationError
from eval.supply.pins import Pin

UNCHANGED = "copyleft of its own files alone; used unchanged"
_PERMISSIVE = re.compile(
    r"mit(-0|-cmu)?|0bsd|bsd(-[234]-clause)?|apache(-2\.0)?( with llvm-exception)?|iscl?|psfl?(-2\.0)?"
    r"|cnri-python|bsl-1\.0|zlib|cc0-1\.0|unlicense|academic free|python foundation|dfsg approved"
)
_FILE_WIDE = re.compile(r"mpl-?(1\.1|2\.0)|mozilla public 2\.0")
_REASONS = {
    "pypdfium2": "BSD-3-Clause and Apache-2.0; the libraries it bundles are permissive too",
    "tiktoken": "its licence field is the text of the MIT licence",
}
"""Why a package fits whose own words are not understood."""


@dataclass(frozen=True)
class Licence:
    """What a package says of its licence; `reason` explains what is not plainly permissive."""

    name: str
    version: str
    licence: str
    fits: bool
    reason: str = ""


def of(pins: Iterable[Pin]) -> list[Licence]:
    """Return the licences of packages; those for other systems, not installed here, are left out.

    Raises:
        EvaluationError: none of them is installed.
    """
    found = [one for pin in pins if (one := _of(pin))]
    if not found:
        raise EvaluationError(
            "None of the packages is installed; run `make lint` once, then again."
        )
    return found


def _of(pin: Pin) -> Licence | None:
    if pin.marker and not Marker(pin.marker).evaluate():
        return None
    try:
        held = importlib.metadata.metadata(pin.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    said = stated(held)
    fits, reason = judged(said)
    if not fits and pin.key in _REASONS:
        fits, reason = True, _REASONS[pin.key]
    return Licence(pin.name, held["Version"], said, fits, reason)


def stated(held: PackageMetadata) -> str:
    """Return what a package says, in the order of how exact it is; "" where it says nothing."""
    fields = held.json
    if expression := fields.get("license_expression"):
        return str(expression)
    first = next(iter(str(fields.get("license", "")).strip().splitlines()), "")
    if first and len(first) <= 60 and first.lower() != "unknown":
        return first
    told = held.get_all("Classifier") or []
    return " AND ".join(c.rsplit("::", 1)[1].strip() for c in told if c.startswith("License ::"))


def judged(said: str) -> tuple[bool, str]:
    """Tell whether a licence fits, and why where it is not plainly permissive.

    Of `A OR B` one must fit, of `A AND B` both.
    """
    reasons = []
    plain = re.sub(r", (?=version)", " ", said.replace("(", " ").replace(")", " "), flags=re.I)
    for part in re.split(r"\s+AND\s+|[;,]", plain):
        choices = [_plain(choice) for choice in re.split(r"\s+OR\s+", part)]
        if any(_PERMISSIVE.fullmatch(choice) for choice in choices):
            continue
        if not any(_FILE_WIDE.fullmatch(choice) for choice in choices):
            return False, ""
        reasons.append(UNCHANGED)
    return bool(said), reasons[0] if reasons else ""


def _plain(name: str) -> str:
    """Return a licence's name in one spelling, without the words that all of them share."""
    words = re.sub(r"\b(the|licen[sc]e|software|version|mpl 2\.0|afl)\b", " ", name.lower())
    words = re.sub(r"\biscl\b", " ", words) if "isc " in words else words
    words = " ".join(words.split())
    words = (
        re.sub(r"(bsd )?([234])-clause( bsd)?", r"bsd-\2-clause", words)
        if "-cl" in words
        else words
    )
    return words.replace("bsd-bsd-", "bsd-").replace("apache 2.0", "apache-2.0")
