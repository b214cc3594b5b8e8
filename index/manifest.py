"""Which files are indexed, as which documents and passages: the truth about an index.

Rows belong to a generation (a fingerprint); one generation is active, another may be in the
making.
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from llama_index.core.schema import Document, TextNode

from index import lexical
from index.database import Database
from index.passages import passage_node
from index.tokenizer import Words
from sources.document import Span


@dataclass(frozen=True)
class FileRow:
    """A file as last seen: its document (itself, or the one it repeats), or why it has none."""

    path: str
    size: int
    modified_ns: int
    sha256: str
    document: str | None
    reason: str | None


@dataclass(frozen=True)
class DocumentRecord:
    """An indexed document; `also_at` are the other paths with the same content."""

    path: str
    title: str | None
    language: str
    published: str | None
    origin: str | None
    sha256: str
    characters: int
    passages: int
    indexed_at: str
    also_at: tuple[str, ...]


class Manifest:
    """Reads and writes the tables of one index."""

    def __init__(self, database: Database) -> None:
        """Use an open database."""
        self._db = database

    def active(self) -> str | None:
        """Return the generation that answers, or `None` before the first sync."""
        return self.meta("active")

    def meta(self, key: str) -> str | None:
        """Return a remembered value."""
        rows = self._db.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0]["value"] if rows else None

    def remember(self, key: str, value: str) -> None:
        """Remember a value."""
        with self._db.transaction() as write:
            write.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def activate(self, generation: str) -> None:
        """Make a generation the one that answers, and forget all others, in one step."""
        with self._db.transaction() as write:
            write.execute("INSERT OR REPLACE INTO meta VALUES ('active', ?)", (generation,))
            old = write.execute("SELECT number FROM passages WHERE generation != ?", (generation,))
            lexical.remove(write, [row["number"] for row in old])
            for table in ("passages", "documents", "files"):
                write.execute(f"DELETE FROM {table} WHERE generation != ?", (generation,))

    def files(self, generation: str) -> dict[str, FileRow]:
        """Return the files of a generation by path."""
        rows = self._db.rows(
            "SELECT path, size, modified_ns, sha256, document, reason FROM files"
            " WHERE generation = ? ORDER BY path",
            (generation,),
        )
        return {row["path"]: FileRow(*row) for row in rows}

    def state(self, generation: str) -> str:
        """Return a hash of which files a generation holds, as what, and when passages were made."""
        digest = hashlib.sha256(f"{generation} {self.meta('reading')}".encode())
        for row in self._db.rows("SELECT max(number) AS last FROM passages"):
            digest.update(str(row["last"]).encode())
        rows = self._db.rows(
            "SELECT path, sha256, document FROM files WHERE generation = ? ORDER BY path",
            (generation,),
        )
        for row in rows:
            digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    def set_files(self, generation: str, rows: Sequence[FileRow]) -> None:
        """Write file rows, replacing those with the same path."""
        with self._db.transaction() as write:
            _put_files(write, generation, rows)

    def commit(
        self,
        generation: str,
        document: Document,
        nodes: Sequence[TextNode],
        file: FileRow,
        words: Sequence[Words] | None = None,
    ) -> list[str]:
        """Replace one document, its passages, its words and its file's row, in one step.

        Args:
            generation: the index it belongs to.
            document: as it was read.
            nodes: its passages.
            file: its file's row.
            words: what each passage is found by; worked out here where `None`.

        Returns:
            the ids of passages that the document no longer has.
        """
        meta = document.metadata
        entries = [lexical.entry(node) for node in nodes] if words is None else words
        kept = {node.node_id for node in nodes}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._db.transaction() as write:
            gone = _delete_document(write, generation, meta["path"])
            write.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
                (generation, meta["path"], meta["sha256"], document.text, json.dumps(meta), now),
            )
            for node, entry in zip(nodes, entries, strict=True):
                number = write.execute(
                    "INSERT INTO passages (generation, id, path, start, text, sentences, heading,"
                    " language) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (generation, *_passage_values(node)),
                ).lastrowid
                assert number is not None
                lexical.add(write, number, entry)
            _put_files(write, generation, [file])
        return [id for id in gone if id not in kept]

    def forget(
        self, generation: str, *, files: Sequence[str], documents: Sequence[str]
    ) -> list[str]:
        """Remove file rows and documents in one step; return the ids of passages gone."""
        gone: list[str] = []
        with self._db.transaction() as write:
            for path in documents:
                gone += _delete_document(write, generation, path)
            for path in files:
                write.execute(
                    "DELETE FROM files WHERE generation = ? AND path = ?", (generation, path)
                )
        return gone

    def document_paths(self, generation: str) -> set[str]:
        """Return the paths of the documents of a generation."""
        rows = self._db.rows("SELECT path FROM documents WHERE generation = ?", (generation,))
        return {row["path"] for row in rows}

    def records(self, generation: str) -> list[DocumentRecord]:
        """Return the documents of a generation, sorted by path."""
        also: dict[str, list[str]] = {}
        for file in self.files(generation).values():
            if file.document and file.document != file.path:
                also.setdefault(file.document, []).append(file.path)
        rows = self._db.rows(
            "SELECT d.path, d.sha256, d.metadata, d.indexed_at, length(d.text) AS characters,"
            " (SELECT count(*) FROM passages p"
            "  WHERE p.generation = d.generation AND p.path = d.path) AS passages"
            " FROM documents d WHERE d.generation = ? ORDER BY d.path",
            (generation,),
        )
        return [_record(row, also.get(row["path"], [])) for row in rows]

    def document(self, generation: str, path: str) -> Document | None:
        """Return a document as it was indexed, by its own or any other path of its content."""
        rows = self._db.rows(
            "SELECT d.text, d.metadata FROM files f JOIN documents d"
            " ON d.generation = f.generation AND d.path = f.document"
            " WHERE f.generation = ? AND f.path = ?",
            (generation, path),
        )
        if not rows:
            return None
        meta: dict[str, Any] = json.loads(rows[0]["metadata"])
        keys = list(meta)
        return Document(
            id_=meta["path"],
            text=rows[0]["text"],
            metadata=meta,
            excluded_embed_metadata_keys=keys,
            excluded_llm_metadata_keys=keys,
        )

    def passage_ids(self, generation: str) -> set[str]:
        """Return the ids of all passages of a generation."""
        rows = self._db.rows("SELECT id FROM passages WHERE generation = ?", (generation,))
        return {row["id"] for row in rows}

    def count(self, generation: str) -> int:
        """Return how many passages a generation has."""
        sql = "SELECT count(*) FROM passages WHERE generation = ?"
        return int(self._db.rows(sql, (generation,))[0][0])

    def nodes(self, generation: str, ids: Sequence[str]) -> dict[str, TextNode]:
        """Return those passages that the manifest knows, by id."""
        found: dict[str, TextNode] = {}
        for at in range(0, len(ids), 500):
            part = ids[at : at + 500]
            marks = ", ".join("?" * len(part))
            rows = self._db.rows(f"{_NODES} AND p.id IN ({marks})", (generation, *part))
            found |= {row["id"]: _node(row) for row in rows}
        return found

    def nodes_of(self, generation: str, path: str) -> list[TextNode]:
        """Return the passages of one document in text order."""
        rows = self._db.rows(f"{_NODES} AND p.path = ? ORDER BY p.start", (generation, path))
        return [_node(row) for row in rows]


_NODES = (
    "SELECT p.id, p.path, p.start, p.text, p.sentences, p.heading, p.language,"
    " json_extract(d.metadata, '$.title') AS title,"
    " json_extract(d.metadata, '$.published') AS published"
    " FROM passages p JOIN documents d ON d.generation = p.generation AND d.path = p.path"
    " WHERE p.generation = ?"
)


def _put_files(write: sqlite3.Connection, generation: str, rows: Sequence[FileRow]) -> None:
    write.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(generation, r.path, r.size, r.modified_ns, r.sha256, r.document, r.reason) for r in rows],
    )


def _delete_document(write: sqlite3.Connection, generation: str, path: str) -> list[str]:
    key = (generation, path)
    rows = write.execute(
        "SELECT number, id FROM passages WHERE generation = ? AND path = ?", key
    ).fetchall()
    lexical.remove(write, [row["number"] for row in rows])
    for table in ("passages", "documents"):
        write.execute(f"DELETE FROM {table} WHERE generation = ? AND path = ?", key)
    return [row["id"] for row in rows]


def _passage_values(node: TextNode) -> tuple[str, str, int, str, str, str, str]:
    meta, start = node.metadata, node.start_char_idx
    assert start is not None
    spans = json.dumps(meta["sentences"])
    path: str = meta["path"]
    return node.node_id, path, start, node.text, spans, meta["heading"], meta["language"]


def _record(row: sqlite3.Row, also_at: Sequence[str]) -> DocumentRecord:
    meta = json.loads(row["metadata"])
    return DocumentRecord(
        path=row["path"],
        title=meta["title"],
        language=meta["language"],
        published=meta["published"],
        origin=meta["origin"],
        sha256=row["sha256"],
        characters=row["characters"],
        passages=row["passages"],
        indexed_at=row["indexed_at"],
        also_at=tuple(also_at),
    )


def _node(row: sqlite3.Row) -> TextNode:
    return passage_node(
        path=row["path"],
        start=row["start"],
        text=row["text"],
        spans=[Span(*pair) for pair in json.loads(row["sentences"])],
        heading=row["heading"],
        title=row["title"],
        language=row["language"],
        published=row["published"],
    )
