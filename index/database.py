"""The only door of sqlite3: one file beside the vectors, with its tables and transactions.

What the rows mean is in `index/manifest.py` and `index/lexical.py`.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import DamagedError, StoreError

VERSION = 1  # a file of another version is emptied: everything in it can be made again

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE files (
    generation TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, document TEXT, reason TEXT,
    PRIMARY KEY (generation, path)
);
CREATE TABLE documents (
    generation TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL,
    metadata TEXT NOT NULL, indexed_at TEXT NOT NULL,
    PRIMARY KEY (generation, path)
);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, generation TEXT NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL,
    start INTEGER NOT NULL, text TEXT NOT NULL, sentences TEXT NOT NULL, heading TEXT NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (generation, id)
);
CREATE INDEX passages_by_path ON passages (generation, path, start);
CREATE VIRTUAL TABLE lexical USING fts5(
    words, pairs, tokenize = "unicode61 remove_diacritics 0 tokenchars '.'"
);
CREATE VIRTUAL TABLE lexical_terms USING fts5vocab(lexical, 'col');
"""


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # primary result codes


class Database:
    """A connection that threads may share; writes happen inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            DamagedError: it is no sound database.
            StoreError: it cannot be opened.
        """
        self._path = path
        self._lock = threading.RLock()
        with self._errors():
            self._connection = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            self._prepare()
        except StoreError:
            self._connection.close()
            raise

    def check(self) -> None:
        """Read every page once.

        Raises:
            DamagedError: one of them is not as SQLite writes it.
        """
        found = [row[0] for row in self.rows("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise DamagedError(_damaged(self._path, " ".join(str(found[0]).split())))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of one statement."""
        with self._lock, self._errors():
            return self._connection.execute(sql, tuple(values)).fetchall()

    def state(self) -> tuple[int, int]:
        """Return what differs after any change to the rows, by this connection or another."""
        with self._lock:
            return self.rows("PRAGMA data_version")[0][0], self._connection.total_changes

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do everything inside the block, or nothing of it."""
        with self._lock, self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        if self.rows("PRAGMA user_version")[0][0] == VERSION:
            return
        with self.transaction() as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return  # another process was faster
            for table in ("meta", "files", "documents", "passages", "lexical_terms", "lexical"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise DamagedError(_damaged(self._path, str(error))) from error
            what = "remove that file and sync again"
            if "full" in str(error):
                what = "free some disk space and sync again"
            elif "locked" in str(error):
                what = "wait for the other process and try again"
            raise StoreError(f"The index {str(self._path)!r} failed ({error}); {what}.") from error


def _damaged(path: Path, why: str) -> str:
    return f"The index {str(path)!r} is damaged ({why}); sync the folder, which makes it anew."
