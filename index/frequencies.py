"""In how many passages each word stands. SQLite counts that by walking through all of them, so what
was counted is kept until the index changes; the commonest words, which take longest, are soon known.
"""

import threading
from collections.abc import Sequence
from typing import Literal

from index.database import Database

Column = Literal[
    "words",  # stems and numbers
    "pairs",  # Hangul bigrams
]

KEPT = 50_000  # words, some 5 MB


class Frequencies:
    """Counts of passages, by word and in all. Threads may share it."""

    def __init__(self, database: Database) -> None:
        """Count in an open database."""
        self.database = database
        self._lock = threading.Lock()
        self._state: tuple[int, int] | None = None
        self._total = 0
        self._known: dict[tuple[Column, str], int] = {}

    def total(self) -> int:
        """Return how many passages there are."""
        with self._lock:
            self._forget_what_changed()
            return self._total

    def holding(self, column: Column, terms: Sequence[str]) -> dict[str, int]:
        """Return, for each of at most a few hundred terms, how many passages hold it."""
        with self._lock:
            self._forget_what_changed()
            new = [term for term in terms if (column, term) not in self._known]
            if new:
                marks = ", ".join("?" * len(new))
                rows = self.database.rows(
                    f"SELECT term, doc FROM lexical_terms WHERE col = ? AND term IN ({marks})",
                    (column, *new),
                )
                self._known |= {(column, term): 0 for term in new}
                self._known |= {(column, row["term"]): row["doc"] for row in rows}
            found = {term: self._known[column, term] for term in terms}
            if len(self._known) > KEPT:
                self._known.clear()
            return found

    def _forget_what_changed(self) -> None:
        state = self.database.state()
        if state != self._state:
            self._known.clear()
            self._total = self.database.rows("SELECT count(*) FROM passages")[0][0]
            self._state = state
