"""Puts the passages of a set on disk as documents, so that they are indexed and searched exactly as
a user's folder is, and tells which passage a document was.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.sets import Passage, Question
from eval.errors import EvaluationError


class Shelf:
    """A folder with one file for each passage; the title, where there is one, stands above it."""

    def __init__(self, folder: Path, passages: Sequence[Passage]) -> None:
        """Name the folder and its passages; nothing is written yet."""
        self.folder = folder
        self._passages = passages
        self._files = {one.id: f"{at:06d}.txt" for at, one in enumerate(passages)}
        self._ids = {file: id for id, file in self._files.items()}

    def fill(self) -> None:
        """Write the files that are missing or differ.

        Raises:
            EvaluationError: the disk refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for file in {path.name for path in self.folder.iterdir()} - set(self._ids):
                (self.folder / file).unlink()
            for one in self._passages:
                path = self.folder / self._files[one.id]
                text = f"{one.title}\n\n{one.text}\n" if one.title else f"{one.text}\n"
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    path.write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"The passages cannot be written to {str(self.folder)!r} ({error.strerror})"
            raise EvaluationError(f"{message}; make room, or name another --out.") from error

    def clear(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, passage: str) -> str:
        """Return the document of a passage."""
        return self._files[passage]

    def ids(self, files: Sequence[str]) -> list[str]:
        """Return the passages of documents in their order, each once."""
        return list(dict.fromkeys(self._ids[file] for file in files if file in self._ids))


def cut(
    passages: Sequence[Passage], questions: Sequence[Question], most: int | None
) -> tuple[Passage, ...]:
    """Return `most` passages at least: all that the questions need, and others by chance.

    Fewer passages make retrieval easier, so figures over a part are no published ones.
    """
    if most is None or len(passages) <= most:
        return tuple(passages)
    needed = {id for q in questions for id in (*q.relevant, *q.among, q.given or "")}
    others = sorted(
        (one.id for one in passages if one.id not in needed),
        key=lambda id: hashlib.sha256(id.encode()).digest(),
    )
    kept = needed | set(others[: max(0, most - len(needed))])
    return tuple(one for one in passages if one.id in kept)
