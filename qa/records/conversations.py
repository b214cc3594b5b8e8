"""Conversations kept on disk, one JSON file each: named, found again, deleted. A turn is kept with
the spans it quoted, the hashes of their documents and what made the index, so that citations
survive a reload and a receipt can be checked later. Knows no page.
"""

import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from qa.answer import Answer, Citation, Sentence
from qa.errors import SavedError
from qa.records.leftovers import in_the_making, sweep

_ID = re.compile(r"[0-9a-f]{16}")
_NAME = 80  # characters of a conversation's name

Thumb = Literal["up", "down"]


@dataclass(frozen=True)
class Made:
    """What an answer was made with."""

    fingerprint: str = ""
    """Of the index (`index/fingerprint.py`)."""
    settings: dict[str, str] = field(default_factory=dict)
    """How it was answered (`qa/settings.py`), without the key."""
    documents: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each file that is quoted or was found near, by path."""


@dataclass(frozen=True)
class Turn:
    """A question and what is known of its answer; `answer` is `None` until it is whole.

    `stage` is what the assistant is doing, `ahead` how many questions are answered before, `found`
    the quotation that answers, until a sentence does, and `seconds` how long ago it was asked.
    """

    question: str
    sentences: tuple[Sentence, ...] = ()
    stage: str | None = "waiting"
    answer: Answer | None = None
    problem: str | None = None
    stopped: bool = False
    seconds: float = 0.0
    ahead: int = 0
    found: Citation | None = None
    made: Made = Made()
    thumb: Thumb | None = None
    next: tuple[str, ...] = ()

    @property
    def exchange(self) -> tuple[str, str] | None:
        """The turn as history for the next question, or `None` if it was not answered."""
        return (self.question, self.answer.text) if self.answer else None


@dataclass(frozen=True)
class Conversation:
    """Turns under a name; times are ISO 8601 in UTC."""

    id: str
    name: str
    created: str
    updated: str
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A conversation in a list."""

    id: str
    name: str
    updated: str
    turns: int


@dataclass(frozen=True)
class _Row:
    """A file as last read: its time and size, how it is listed, and the words to find it by."""

    stamp: tuple[int, int]
    listed: Listed
    words: str


_FORM: TypeAdapter[Conversation] = TypeAdapter(Conversation)


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def begin(question: str) -> Conversation:
    """Return a new conversation named after its first question; nothing is saved yet."""
    return Conversation(secrets.token_hex(8), tidy(question) or "?", now(), now())


def folded(text: str) -> str:
    """Return `text` for finding: NFKC, case folded, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Conversations:
    """The conversations about one folder of documents. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`, which is made when the first is saved."""
        self.folder = folder
        self._lock = threading.Lock()
        self._read: dict[str, _Row] = {}

    def save(self, conversation: Conversation) -> None:
        """Write a conversation whole or not at all.

        Raises:
            SavedError: it cannot be written.
        """
        path = self._path(conversation.id)
        part = in_the_making(path)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(_FORM.dump_json(conversation))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sweep(self.folder)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise SavedError(
                f"The conversation {conversation.name!r} cannot be kept in {str(self.folder)!r}"
                f" ({error.strerror or error}); free some space or mend its rights."
            ) from error

    def load(self, id: str) -> Conversation:
        """Read one back.

        Raises:
            SavedError: there is none of this id, or its file cannot be read.
        """
        try:
            return _FORM.validate_json(self._path(id).read_bytes())
        except FileNotFoundError as error:
            raise SavedError(
                f"There is no conversation {id!r} any more; choose another from the list."
            ) from error
        except (OSError, ValidationError) as error:
            raise SavedError(
                f"The conversation {id!r} cannot be read; delete it or put its file back."
            ) from error

    def change(self, id: str, change: Callable[[Conversation], Conversation]) -> Conversation:
        """Read one, change it and save it; errors as in `load` and `save`."""
        with self._lock:
            changed = change(self.load(id))
            self.save(changed)
        return changed

    def rename(self, id: str, name: str) -> None:
        """Give a conversation another name; an empty one changes nothing. Errors as in `change`."""
        if tidy(name):
            self.change(id, lambda c: replace(c, name=tidy(name)))

    def delete(self, id: str) -> None:
        """Delete one; one that is gone already is no error."""
        self._path(id).unlink(missing_ok=True)

    def list(self, words: str = "") -> list[Listed]:
        """Return the conversations in which every word of `words` occurs, newest first.

        Words are looked for in names, questions and answers. Files that cannot be read are left
        out.
        """
        sought = folded(words).split()
        found = []
        for path in self.folder.glob("*.json"):
            row = self._row(path)
            if row and all(word in row.words for word in sought):
                found.append(row.listed)
        return sorted(found, key=lambda one: (one.updated, one.id), reverse=True)

    def _row(self, path: Path) -> _Row | None:
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            kept = self._read.get(path.name)
            if kept and kept.stamp == stamp:
                return kept
            whole = self.load(path.stem)
        except (OSError, SavedError):
            return None
        said = [whole.name]
        for turn in whole.turns:
            said += [turn.question, *(s.text for s in turn.sentences)]
        listed = Listed(whole.id, whole.name, whole.updated, len(whole.turns))
        row = _Row(stamp, listed, folded(" ".join(said)))
        self._read[path.name] = row
        return row

    def _path(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise SavedError(f"{id!r} is no conversation's id; choose one from the list.")
        return self.folder / f"{id}.json"


def tidy(name: str) -> str:
    """Return a name on one line, at most 80 characters, without control characters."""
    shown = "".join(c for c in " ".join(name.split()) if unicodedata.category(c)[0] != "C")
    return shown if len(shown) <= _NAME else shown[: _NAME - 1].rstrip() + "…"
