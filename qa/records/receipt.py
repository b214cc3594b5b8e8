"""Receipts: what was answered, with every quotation's offsets, the hashes of the files, the index,
the models and the settings, as JSON. `verify` says later which quotations still stand.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from llama_index.core.schema import Document
from pydantic import TypeAdapter, ValidationError

from qa.answer import Citation
from qa.errors import SavedError
from qa.records.conversations import Turn, now
from sources import File, FootnoteError, UnreadableFile, read, scan

FORM = "footnote-receipt-1"

Standing = Literal[
    "stands",  # where it stood, in the same file
    "changed",  # where it stood; the file changed elsewhere
    "moved",  # elsewhere in the file
    "lost",  # not in the file any more
    "gone",  # the file is not there, or cannot be read
    "false",  # the file is the same, and it never stood there: the receipt was altered
]
STANDS: frozenset[Standing] = frozenset({"stands", "changed", "moved"})


@dataclass(frozen=True)
class Quoted:
    """A quotation of a receipt: `sha256` is of the file's bytes when it was quoted."""

    file: str
    start: int
    end: int
    quote: str
    sha256: str
    title: str | None = None
    published: str | None = None
    language: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class Checked:
    """What became of a quotation; `start` is where it stands now, if it does."""

    quoted: Quoted
    standing: Standing
    start: int | None = None


class Library(Protocol):
    """Documents by path, such as `index.Index`."""

    def document(self, path: str) -> Document:
        """Return a document; a `FootnoteError` where there is none."""


class FilesNow:
    """The files of a folder as they are now, without any index."""

    def __init__(self, folder: Path) -> None:
        """List the folder; raises `FolderError`."""
        self._files: dict[str, File] = {file.path: file for file in scan(folder).files}
        self._read: dict[str, Document] = {}

    def document(self, path: str) -> Document:
        """Read one file.

        Raises:
            UnreadableFile: it is not there, or cannot be read.
        """
        if path not in self._files:
            raise UnreadableFile(f"the file {path!r} is not in the folder; put it back")
        if path not in self._read:
            self._read[path] = read(self._files[path])
        return self._read[path]


Describe = Callable[[Citation], Quoted]


def receipt(name: str, turns: Sequence[Turn], describe: Describe) -> dict[str, Any]:
    """Return the receipt of answered turns.

    Args:
        name: of the conversation.
        turns: those without an answer are left out.
        describe: adds to a citation what is known of its document.
    """
    return {
        "form": FORM,
        "name": name,
        "made": now(),
        "turns": [_turn(turn, describe) for turn in turns if turn.answer],
    }


def _turn(turn: Turn, describe: Describe) -> dict[str, Any]:
    answer = turn.answer
    assert answer is not None
    quotes = {c: asdict(_hashed(describe(c), turn)) for c in answer.citations}
    return {
        "question": turn.question,
        "answer": answer.text,
        "language": answer.language,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "sentences": [
            {"text": s.text, "verdict": s.verdict, "citations": [quotes[c] for c in s.citations]}
            for s in answer.sentences
        ],
        "files": {c.file: turn.made.documents.get(c.file, "") for c in answer.citations},
        "index": turn.made.fingerprint,
        "models": answer.models,
        "settings": turn.made.settings,
        "seconds": asdict(answer.seconds),
    }


def _hashed(quoted: Quoted, turn: Turn) -> Quoted:
    known = turn.made.documents.get(quoted.file, quoted.sha256)
    return Quoted(**asdict(quoted) | {"sha256": known})


def quotes_of(given: Any) -> list[Quoted]:
    """Return every quotation of a receipt, each once, in order.

    Raises:
        SavedError: it is no receipt.
    """
    try:
        if given["form"] != FORM:
            raise ValueError(f"its form is {given['form']!r}")
        rows = [c for t in given["turns"] for s in t["sentences"] for c in s["citations"]]
        found = TypeAdapter(list[Quoted]).validate_python(rows)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise SavedError(
            "This is no receipt of Footnote's; name a file that was taken away as “Receipt”."
        ) from error
    return list(dict.fromkeys(found))


def verify(given: Any, library: Library) -> tuple[Checked, ...]:
    """Say of each quotation of a receipt whether it still stands.

    Args:
        given: a receipt as parsed from JSON.
        library: an index, or `FilesNow` for the files themselves.

    Raises:
        SavedError: it is no receipt.
    """
    return tuple(standing(quoted, library) for quoted in quotes_of(given))


def standing(quoted: Quoted, library: Library) -> Checked:
    """Say whether one quotation still stands."""
    try:
        document = library.document(quoted.file)
    except FootnoteError:
        return Checked(quoted, "gone")
    same = document.metadata["sha256"] == quoted.sha256
    text = document.text
    if quoted.quote and text[quoted.start : quoted.end] == quoted.quote:
        return Checked(quoted, "stands" if same else "changed", quoted.start)
    if same:
        return Checked(quoted, "false")
    at = nearest(text, quoted.quote, quoted.start)
    return Checked(quoted, "lost") if at is None else Checked(quoted, "moved", at)


def nearest(text: str, quote: str, start: int) -> int | None:
    """Return where `quote` stands in `text` nearest to `start`, or `None`."""
    if not quote:
        return None
    before = text.rfind(quote, 0, max(0, start) + len(quote))
    after = text.find(quote, max(0, start))
    places = [at for at in (before, after) if at >= 0]
    return min(places, key=lambda at: abs(at - start)) if places else None


_TOLD: dict[Standing, str] = {
    "stands": "stands",
    "changed": "stands; the file has changed elsewhere",
    "moved": "stands elsewhere in the changed file",
    "lost": "does not stand any more: the file has changed",
    "gone": "cannot be checked: the file is not in the folder, or cannot be read",
    "false": "never stood there: the receipt was altered, or files are read in another way now",
}


def verify_command(path: Path, sources: Path) -> int:
    """Check a receipt against the files of a folder as they are now, and say so on the screen.

    Returns:
        0 if every quotation stands, else 1.

    Raises:
        SavedError: it cannot be read, or is no receipt.
        FolderError: the folder cannot be listed.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SavedError(
            f"The receipt {str(path)!r} cannot be read ({error}); name another."
        ) from error
    checked = verify(given, FilesNow(sources))
    for one in checked:
        place = f"{one.quoted.file}, {one.quoted.start}-{one.quoted.end}"
        moved = f", now {one.start}" if one.standing == "moved" else ""
        sys.stdout.write(f"{one.standing:8} {place}{moved}: {_TOLD[one.standing]}\n")
        if one.standing != "stands":
            sys.stdout.write(f"         “{' '.join(one.quoted.quote.split())}”\n")
    kept = sum(one.standing in STANDS for one in checked)
    sys.stdout.write(f"{kept} of {len(checked)} quotations stand.\n")
    return 0 if kept == len(checked) else 1
