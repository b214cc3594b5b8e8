"""An index of one folder: open it, bring it up to date, look into it.

Opening is cheap; the embedding model loads when it is first needed. `index/search.py` finds
passages in it.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import Document, TextNode

from index import lexical
from index.damage import set_aside
from index.database import Database
from index.embedding import Embedding, is_spread
from index.errors import DamagedError, IndexingError, StoreError
from index.fingerprint import fingerprint, reading
from index.frequencies import Frequencies
from index.lock import only_writer
from index.manifest import DocumentRecord, Manifest
from index.places import name_folder
from index.settings import IndexSettings
from index.store import Neighbour, Store
from index.sync import Progress, Report, SyncReport, Target, sync
from sources import Skipped

_LAST_SLICE = 10.0  # seconds for a sync to come to the end of what it embeds


@dataclass(frozen=True)
class IndexStatus:
    """What an index holds, without loading a model."""

    folder: str
    location: str
    documents: int
    passages: int
    skipped: tuple[Skipped, ...]
    embedding: str | None
    """Name of the model that made it; `None` before the first sync."""


class Index:
    """Everything known about one folder of documents. Threads may share it."""

    def __init__(self, folder: Path, settings: IndexSettings, embedding: BaseEmbedding) -> None:
        """Use `Index.open`."""
        self.folder = folder
        self.settings = settings
        self.embedding = embedding
        self._key = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        self.location = settings.home / "indexes" / self._key
        try:
            self.location.mkdir(parents=True, exist_ok=True)
            name_folder(self.location, folder)
        except OSError as error:
            raise StoreError(
                f"The folder {str(self.location)!r} cannot be made ({error.strerror});"
                " name another one in FOOTNOTE_HOME."
            ) from error
        self._closing, self._syncing = threading.Event(), threading.Lock()
        self._mended: list[str] = []
        self._checked = False
        self._open_database()
        self._opened: Store | None = None
        self._generation: str | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        settings: IndexSettings | None = None,
        *,
        embedding: BaseEmbedding | None = None,
    ) -> "Index":
        """Open the index of a folder, empty before the first `sync`.

        Args:
            folder: the folder of documents.
            settings: what `IndexSettings.from_environment()` says where `None`.
            embedding: any LlamaIndex embedding instead of the one the settings name.

        Raises:
            StoreError: the place of the index cannot be used.
        """
        chosen = settings or IndexSettings.from_environment()
        return cls(folder.expanduser().resolve(), chosen, embedding or Embedding.of(chosen))

    def __enter__(self) -> "Index":
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the files, once a sync in another thread has ended, which is told to.

        The embedding model stays loaded for other indexes.
        """
        self._closing.set()
        if self._syncing.acquire(timeout=_LAST_SLICE):
            self._syncing.release()
        if self._opened:
            self._opened.close()
            self._opened = None
        self._database.close()

    def sync(self, progress: Report | None = None) -> SyncReport:
        """Bring the index up to date with the folder; only what changed is embedded.

        Args:
            progress: called often with how far it is.

        Raises:
            BusyError: another process is doing the same.
            IndexingError: the index was closed meanwhile.
            FolderError: the folder cannot be listed.
            StoreError: Chroma or SQLite refuses, or the disk is full.
            WeightsError: the embedding model is missing and cannot be fetched or loaded.
        """
        with only_writer(self.location / "writer.lock", self.folder), self._syncing:
            self._mend()
            target = self.target()
            try:
                report = sync(target, partial(self._told, progress or (lambda _: None)))
            except OSError as error:
                raise StoreError(
                    f"The index in {str(self.location)!r} cannot be written ({error.strerror});"
                    " free some disk space and sync again."
                ) from error
            self._manifest.remember("embedding", self.embedding.model_name)
            mended, self._mended = tuple(self._mended), []
            return replace(report, mended=mended)

    def target(self) -> Target:
        """Return what a sync writes to. Whoever writes holds the writer's lock, as `sync` does.

        Raises:
            StoreError: the store cannot be opened.
        """
        return Target(
            folder=self.folder,
            manifest=self._manifest,
            store=self._store,
            embedding=self.embedding,
            count_tokens=self._count_tokens,
            passage_tokens=self.settings.passage_tokens,
            generation=self._current(),
            prefix=self._prefix,
            reading=reading(),
        )

    def _told(self, progress: Report, step: Progress) -> None:
        if self._closing.is_set():
            raise IndexingError(
                f"The sync of {str(self.folder)!r} was broken off; the next one goes on from there."
            )
        progress(step)

    def _open_database(self) -> None:
        """Open the database; one that is no database at all is set aside by whoever may write."""
        file = self.location / "index.sqlite"
        try:
            self._database = Database(file)
        except DamagedError:
            with only_writer(self.location / "writer.lock", self.folder):
                try:
                    self._database = Database(file)  # mended meanwhile
                except DamagedError:
                    self._mended.append(set_aside(file, "The list of documents and words"))
                    self._database = Database(file)
        self._manifest = Manifest(self._database)
        self._frequencies = Frequencies(self._database)

    def _mend(self) -> None:
        """Look once whether the index is sound; set aside what is not, to be made anew."""
        if self._checked:
            return
        try:
            self._database.check()
        except DamagedError:
            self._database.close()
            file = self.location / "index.sqlite"
            self._mended.append(set_aside(file, "The list of documents and words"))
            self._open_database()
        try:
            self._store.check(self._prefix + self._current())
        except DamagedError:
            if self._opened:
                self._opened.abandon()
                self._opened = None
            self._mended.append(set_aside(self.location / "chroma", "The vector store"))
        self._checked = True

    def status(self) -> IndexStatus:
        """Return what the index holds."""
        active = self._manifest.active()
        files = self._manifest.files(active) if active else {}
        return IndexStatus(
            folder=str(self.folder),
            location=str(self.location),
            documents=len(self._manifest.document_paths(active)) if active else 0,
            passages=self._manifest.count(active) if active else 0,
            skipped=tuple(Skipped(f.path, f.reason) for f in files.values() if f.reason),
            embedding=self._manifest.meta("embedding"),
        )

    def state(self) -> str:
        """Return a hash of all that is indexed; while it stays, the same question finds the same.

        Raises:
            IndexingError: as `generation` does.
        """
        return self._manifest.state(self.generation())

    def documents(self) -> list[DocumentRecord]:
        """Return what is known about each document, sorted by path."""
        active = self._manifest.active()
        return self._manifest.records(active) if active else []

    def document(self, path: str) -> Document:
        """Return a document as it was when indexed, whatever became of its file since.

        Raises:
            IndexingError: no document is indexed under this path.
        """
        active = self._manifest.active()
        found = self._manifest.document(active, path) if active else None
        if found is None:
            raise IndexingError(f"No document is indexed under {path!r}; sync the folder first.")
        return found

    def passages(self, path: str) -> list[TextNode]:
        """Return the passages of a document in text order.

        Raises:
            IndexingError: no document is indexed under this path.
        """
        document = self.document(path)
        return self._manifest.nodes_of(self._manifest.active() or "", document.id_)

    def nearest(
        self, vector: np.ndarray, count: int, paths: Sequence[str] | None, language: str | None
    ) -> list[Neighbour]:
        """Return the passages nearest to a question's vector, by falling cosine."""
        where: list[dict[str, object]] = []
        if paths is not None:
            where.append({"path": {"$in": list(paths)}})
        if language is not None:
            where.append({"language": language})
        only = {"$and": where} if len(where) > 1 else where[0] if where else None
        return self._store.nearest(self._prefix + self.generation(), vector, count, only)

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the vectors of passages by id."""
        return self._store.vectors(self._prefix + self.generation(), ids)

    def matches(
        self, question: str, count: int, paths: Sequence[str] | None, language: str | None
    ) -> list[lexical.Match]:
        """Return the passages that share the question's words, by falling score."""
        return lexical.search(
            self._frequencies,
            self.generation(),
            question,
            limit=count,
            paths=paths,
            language=language,
        )

    def nodes(self, ids: Sequence[str]) -> dict[str, TextNode]:
        """Return passages by id; ids that are gone are left out."""
        return self._manifest.nodes(self.generation(), ids)

    def document_paths(self, paths: Sequence[str]) -> list[str]:
        """Return the paths under which the documents of these files are indexed."""
        files = self._manifest.files(self.generation())
        found = [files[path].document for path in paths if path in files]
        return sorted({path for path in found if path})

    def generation(self) -> str:
        """Return the fingerprint that answers questions.

        Raises:
            IndexingError: there was no sync yet, or another model or other rules made the index.
        """
        active = self._manifest.active()
        if active is None:
            raise IndexingError(
                f"The folder {str(self.folder)!r} is not indexed yet; sync it first."
            )
        if active != self._current():
            raise IndexingError(
                f"The index of {str(self.folder)!r} was made with other settings (model"
                f" {self._manifest.meta('embedding')!r}); sync it, or choose that model again."
            )
        return active

    @property
    def _prefix(self) -> str:
        return f"footnote-{self._key}-"

    @property
    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store(self.location / "chroma", url=self.settings.chroma_url)
        return self._opened

    def _current(self) -> str:
        if self._generation is None:
            self._generation = fingerprint(self.embedding, self.settings)
        return self._generation

    def _count_tokens(self, text: str) -> int:
        here = self.embedding.inner if is_spread(self.embedding) else self.embedding
        if isinstance(here, Embedding):
            return here.count_tokens(text)
        return len(text.encode()) // 4 + 1
