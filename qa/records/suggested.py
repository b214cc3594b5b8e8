"""Questions remembered in a file for as long as the documents they came from stay the same."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path


class Suggested:
    """Suggestions kept in a file for as long as the documents stay the same."""

    def __init__(self, path: Path, hashes: Iterable[str]) -> None:
        """Name the file, and the hashes of all documents."""
        self._path = path
        self._key = hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()

    def read(self) -> list[str] | None:
        """Return what was remembered of these very documents, or `None`."""
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
            return [str(q) for q in held["questions"]] if held["key"] == self._key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, found: Sequence[str]) -> None:
        """Remember them; a folder that cannot be written only costs the time to check again."""
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(
                json.dumps({"key": self._key, "questions": list(found)}, ensure_ascii=False),
                encoding="utf-8",
            )
            part.replace(self._path)
        except OSError:
            part.unlink(missing_ok=True)
