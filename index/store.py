"""The only door of chromadb: vectors, passage text and metadata, in a folder or on a server.

There is one collection per fingerprint. Vectors are always given; Chroma embeds nothing and
fetches nothing. What is true about documents is in `index/manifest.py`: vectors without a row
there are ignored by search and swept by sync.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from llama_index.core.schema import TextNode

from index.damage import Presence
from index.errors import DamagedError, StoreError

SLICE = 500  # rows in one call: below SQLite's and Chroma's limits on variables

# Wider than Chroma's defaults (16, 100, 100): recall stays near exact up to 100,000 passages.
_HNSW: dict[str, Any] = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 200,
}

# What Chroma says of files that are not as it wrote them (SQLite's codes 11 and 26, its own graph).
_DAMAGE = (
    "code: 11)",
    "code: 26)",
    "loading hnsw index",
    "hnsw segment",
    "pickle file",
    "Error getting embedding",
    "Error finding id",
)
_MAPPED = "*/index_metadata.pickle"  # Chroma has written a graph that is mapped into memory
_PATIENCE = 300.0  # seconds for a look at the graph from another process
HUNG = 30.0  # seconds without a word from a server after which it counts as hung
_LOOK = """
import sys, chromadb
from chromadb.config import Settings
client = chromadb.PersistentClient(sys.argv[1], Settings(anonymized_telemetry=False))
for collection in client.list_collections():
    one = collection.get(limit=1, include=["embeddings"])
    if one["ids"]:
        collection.query(query_embeddings=one["embeddings"], n_results=5)
"""


@dataclass(frozen=True)
class Neighbour:
    """A passage id with its cosine to the question."""

    id: str
    cosine: float


class Store:
    """A Chroma client; every method names the collection it works on."""

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        """Open the folder, or the server at `url`.

        Raises:
            DamagedError: the files in the folder are not as Chroma writes them.
            StoreError: the folder cannot be written, or no server answers.
        """
        self._where = url or str(folder)
        self._folder = None if url else folder
        self._collections: dict[str, Collection] = {}
        self._presence = Presence(folder) if url is None else None
        settings = Settings(anonymized_telemetry=False)
        try:
            with self._errors():
                if url is None:
                    self._look()
                    self._client: ClientAPI = chromadb.PersistentClient(str(folder), settings)
                else:
                    self._client = _server(url, settings)
        except StoreError:
            self.abandon()
            raise

    def check(self, name: str) -> None:
        """Read what is read first: the rows of a collection and its graph.

        Raises:
            DamagedError: they are not as Chroma writes them.
            StoreError: the server does not answer, or the files cannot be opened.
        """
        with self._errors():
            one = self._collection(name).get(limit=1, include=["embeddings"])
        for row in _by(one["ids"], one["embeddings"]).values():
            self.nearest(name, row, 5)

    def _look(self) -> None:
        """Let another process read the graph where the last one that had it open was killed."""
        folder, presence = self._folder, self._presence
        if folder is None or presence is None or not presence.died:
            return
        if not any(folder.glob(_MAPPED)):
            return
        try:
            looked = subprocess.run(
                [sys.executable, "-c", _LOOK, str(folder)], capture_output=True, timeout=_PATIENCE
            )
            crashed = looked.returncode < 0
        except subprocess.TimeoutExpired:
            crashed = True
        if crashed:
            raise DamagedError(f"The vectors in {self._where!r} cannot be read; sync the folder.")

    def abandon(self) -> None:
        """Let go of a folder that is damaged, so that another can be opened in its place."""
        with suppress(Exception):  # Chroma may not be able to close what it cannot read
            self.close()
        if self._presence:
            self._presence.close()
        SharedSystemClient._identifier_to_system.pop(self._where, None)
        SharedSystemClient._identifier_to_refcount.pop(self._where, None)

    def close(self) -> None:
        """Release the folder or the connection."""
        self._collections.clear()
        close: Callable[[], None] | None = getattr(self._client, "close", None)
        if close:
            close()
        if self._presence:
            self._presence.close()

    def upsert(
        self, name: str, nodes: Sequence[TextNode], vectors: np.ndarray, inputs: Sequence[str]
    ) -> None:
        """Write passages: `vectors` of shape (len(nodes), dimension), `inputs` their hashes."""
        with self._errors():
            collection = self._collection(name)
            for at in range(0, len(nodes), SLICE):
                part = slice(at, at + SLICE)
                collection.upsert(
                    ids=[node.node_id for node in nodes[part]],
                    embeddings=vectors[part],
                    documents=[node.text for node in nodes[part]],
                    metadatas=[
                        _metadata(node, key)
                        for node, key in zip(nodes[part], inputs[part], strict=True)
                    ],
                )

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Remove passages; ids that are not there are passed over."""
        with self._errors():
            for at in range(0, len(ids), SLICE):
                self._collection(name).delete(ids=list(ids[at : at + SLICE]))

    def count(self, name: str) -> int:
        """Return how many passages the collection holds."""
        with self._errors():
            return self._collection(name).count()

    def ids(self, name: str) -> set[str]:
        """Return the ids of all passages."""
        with self._errors():
            return set(self._collection(name).get(include=[])["ids"])

    def vectors(self, name: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the vectors of those ids that are there."""
        found: dict[str, np.ndarray] = {}
        with self._errors():
            for at in range(0, len(ids), SLICE):
                got = self._collection(name).get(
                    ids=list(ids[at : at + SLICE]), include=["embeddings"]
                )
                found |= _by(got["ids"], got["embeddings"])
        return found

    def vectors_of_inputs(self, name: str, inputs: Sequence[str]) -> dict[str, np.ndarray]:
        """Return vectors already made from the same model input, by the input's hash."""
        found: dict[str, np.ndarray] = {}
        with self._errors():
            for at in range(0, len(inputs), SLICE):
                wanted: Any = {"input": {"$in": list(inputs[at : at + SLICE])}}
                got = self._collection(name).get(where=wanted, include=["embeddings", "metadatas"])
                keys = [str(row["input"]) for row in got["metadatas"] or []]
                found |= _by(keys, got["embeddings"])
        return found

    def nearest(
        self, name: str, vector: np.ndarray, count: int, where: Mapping[str, Any] | None = None
    ) -> list[Neighbour]:
        """Return up to `count` passages by falling cosine to `vector` (shape: dimension)."""
        with self._errors():
            found = self._collection(name).query(
                query_embeddings=[vector],
                n_results=count,
                where=dict(where) if where else None,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        pairs = zip(found["ids"][0], distances, strict=True)
        return [Neighbour(id, 1.0 - distance) for id, distance in pairs]

    def names(self, prefix: str) -> list[str]:
        """Return the names of the collections that begin with `prefix`."""
        with self._errors():
            every = [collection.name for collection in self._client.list_collections()]
        return [name for name in every if name.startswith(prefix)]

    def drop(self, name: str) -> None:
        """Remove a whole collection, if it is there."""
        self._collections.pop(name, None)
        with self._errors():
            try:
                self._client.delete_collection(name)
            except NotFoundError:
                return

    def _collection(self, name: str) -> Collection:
        if name not in self._collections:
            self._collections[name] = self._client.get_or_create_collection(
                name,
                configuration={"hnsw": _HNSW},  # type: ignore[arg-type]  # a TypedDict
                embedding_function=None,
            )
        return self._collections[name]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, OSError, httpx.HTTPError, ValueError) as error:
            if any(sign in str(error) for sign in _DAMAGE) and self._openable():
                raise DamagedError(
                    f"The vectors in {self._where!r} are damaged ({error}); sync the folder, which"
                    " makes them anew."
                ) from error
            if isinstance(error, NotFoundError):
                self._collections.clear()  # a server that came back may have lost them
            why = str(error) or type(error).__name__
            raise StoreError(
                f"The vector store at {self._where!r} refused ({why}); {self._advice(why)}."
            ) from error

    def _advice(self, why: str) -> str:
        if self._folder is None:
            return "check that the server runs and can be reached, then try again"
        full = "disk is full" in why or "No space left" in why
        what = "free some disk space" if full else "check that it can be reached and written"
        return f"{what}, then sync again"

    def _openable(self) -> bool:
        """Tell whether every file can be read; if not, that is what is wrong."""
        if self._folder is None:
            return False  # a server's files are its own affair
        try:
            for path in self._folder.rglob("*"):
                if path.is_file():
                    path.open("rb").close()
        except OSError:
            return False
        return True


def _server(url: str, settings: Settings) -> ClientAPI:
    parts = urlsplit(url if "//" in url else f"//{url}", scheme="http")
    secure = parts.scheme == "https"
    host, port = parts.hostname or "localhost", parts.port or (443 if secure else 8000)
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    httpx.get(f"{parts.scheme}://{netloc}/api/v2/heartbeat", timeout=HUNG)
    made = chromadb.HttpClient(host=host, port=port, ssl=secure, settings=settings)
    session: httpx.Client = made._server._session  # type: ignore[attr-defined]  # it waits for ever
    session.timeout = httpx.Timeout(HUNG)
    return made


def _metadata(node: TextNode, key: str) -> dict[str, str | int]:
    assert node.start_char_idx is not None and node.end_char_idx is not None
    return {
        "path": node.metadata["path"],
        "language": node.metadata["language"],
        "start": node.start_char_idx,
        "end": node.end_char_idx,
        "input": key,
    }


def _by(keys: Sequence[str], rows: Iterable[object] | None) -> dict[str, np.ndarray]:
    vectors = () if rows is None else rows
    return {key: np.asarray(row, np.float32) for key, row in zip(keys, vectors, strict=True)}
