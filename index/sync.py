"""Bring an index up to date with its folder: embed only what changed, commit by document.

Every step may be the last one (`kill -9`): vectors are written before the rows that make them
count, so what is left behind is at most surplus vectors, swept by the next sync.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import Document, MetadataMode, TextNode

import sources
from index.ahead import Prepared, ahead, prepare
from index.embedding import embed_passages, is_spread
from index.manifest import FileRow, Manifest
from index.passages import TokenCounter
from index.store import Store
from sources import File, Skipped

Stage = Literal[
    "looking",  # comparing the folder with the index
    "embedding",  # reading, splitting and embedding a document
    "cleaning",  # removing what is gone
]

SLICE = 32  # passages embedded between two writes, so that a kill costs seconds, not a document


@dataclass(frozen=True)
class Progress:
    """How far a sync is: `done` of `total` documents of this stage; `path` is the current one."""

    done: int
    total: int
    path: str
    stage: Stage


@dataclass(frozen=True)
class SyncReport:
    """What a sync did, counted in files.

    `passages` is what the index holds now, `embedded` how many of them the model had to embed;
    `mended` has one sentence for each part that was damaged and is made anew.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    passages: int
    embedded: int
    seconds: float
    mended: tuple[str, ...] = ()


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Target:
    """What a sync writes to: everything of one index, for one generation."""

    folder: Path
    manifest: Manifest
    store: Store
    embedding: BaseEmbedding
    count_tokens: TokenCounter
    passage_tokens: int
    generation: str
    prefix: str
    reading: str

    @property
    def collection(self) -> str:
        """Name of the Chroma collection of this generation."""
        return self.prefix + self.generation


@dataclass
class _Plan:
    """What is to be done, by path. `holders` maps each new document to all files it stands for."""

    unchanged: int = 0
    added: int = 0
    changed: int = 0
    gone: list[str] = field(default_factory=list)
    holders: dict[str, list[tuple[File, str]]] = field(default_factory=dict)
    repeats: list[FileRow] = field(default_factory=list)
    unread: list[FileRow] = field(default_factory=list)


def sync(target: Target, report: Report) -> SyncReport:
    """Bring the index up to date; the caller holds the writer's lock.

    Raises:
        SourcesError: the folder cannot be listed, or no process started to read in.
        StoreError: Chroma or SQLite refuses, or the disk is full.
        WeightsError: the embedding model cannot be loaded.
        Whatever `report` raises, which is how a sync is cancelled: what is done stays done.
    """
    began = time.monotonic()
    manifest, generation = target.manifest, target.generation
    if manifest.active() is None:
        manifest.activate(generation)
    scan = sources.scan(target.folder)
    _forget_documents_without_vectors(target)
    known = manifest.files(generation)
    plan = _plan(target, scan.files, known, report)
    embedded = _Writer(target, report).write(plan)
    report(Progress(0, 1, "", "cleaning"))
    manifest.set_files(generation, [*plan.repeats, *plan.unread])
    _clean(target, plan.gone)
    manifest.remember("reading", target.reading)
    report(Progress(1, 1, "", "cleaning"))
    failed = [row for row in manifest.files(generation).values() if row.reason is not None]
    skipped = [*scan.skipped, *(Skipped(row.path, row.reason or "") for row in failed)]
    return SyncReport(
        added=plan.added,
        changed=plan.changed,
        removed=len(plan.gone),
        unchanged=plan.unchanged,
        skipped=tuple(sorted(skipped, key=lambda item: item.path)),
        passages=manifest.count(generation),
        embedded=embedded,
        seconds=time.monotonic() - began,
    )


def _plan(
    target: Target, files: Sequence[File], known: dict[str, FileRow], report: Report
) -> _Plan:
    there = {file.path for file in files}
    plan = _Plan(gone=[path for path in known if path not in there])
    groups: dict[str, list[tuple[File, str]]] = {}
    for number, file in enumerate(files):
        report(Progress(number, len(files), file.path, "looking"))
        row = known.get(file.path)
        try:
            sha256 = _sha256(file, row)
        except OSError as error:
            why = f"the file cannot be opened ({error.strerror}); check its permissions"
            plan.unread.append(FileRow(file.path, file.size, 0, "", None, why))
            continue
        plan.added += row is None
        plan.changed += row is not None and row.sha256 != sha256
        plan.unchanged += row is not None and row.sha256 == sha256
        groups.setdefault(sha256 + file.absolute.suffix.lower(), []).append((file, sha256))
    report(Progress(len(files), len(files), "", "looking"))
    documents = target.manifest.document_paths(target.generation)
    if target.manifest.meta("reading") != target.reading:
        known, documents = {}, set()  # every file is read again, as this code reads it
    for group in groups.values():
        _plan_group(plan, group, known, documents)
    return plan


def _plan_group(
    plan: _Plan, group: list[tuple[File, str]], known: dict[str, FileRow], documents: set[str]
) -> None:
    """Decide which file of the same content holds the document; the others repeat it."""
    sha256 = group[0][1]
    same = [known[f.path] for f, _ in group if f.path in known and known[f.path].sha256 == sha256]
    holder = next((row.path for row in same if row.path == row.document in documents), None)
    reason = next((row.reason for row in same if row.reason is not None), None)
    if holder is None and reason is None:
        plan.holders[group[0][0].path] = group
        return
    for file, _ in group:
        row = FileRow(file.path, file.size, file.modified_ns, sha256, holder, reason)
        if row != known.get(file.path):
            plan.repeats.append(row)


def _sha256(file: File, row: FileRow | None) -> str:
    """Return the hash of a file's bytes; they are not read again where size and time are known."""
    if row and row.sha256 and (row.size, row.modified_ns) == (file.size, file.modified_ns):
        return row.sha256
    with file.absolute.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class _Writer:
    """Reads, splits, embeds and commits documents, several small ones in one run of the model."""

    def __init__(self, target: Target, report: Report) -> None:
        self._target = target
        self._report = report
        self._waiting: list[tuple[Document, list[TextNode], list[FileRow]]] = []
        self._embedded = 0
        embedding = target.embedding
        self._slice = embedding.at_once if is_spread(embedding) else SLICE
        self._tell: Callable[[], object] = lambda: None

    def write(self, plan: _Plan) -> int:
        """Index every holder of the plan; return how many passages the model embedded."""
        total = len(plan.holders)
        groups = list(plan.holders.values())
        read = ahead(self._prepare, [group[0][0] for group in groups], lambda: self._tell())
        for number, group in enumerate(groups):
            step = Progress(number, total, group[0][0].path, "embedding")
            self._tell = partial(self._report, step)
            self._tell()
            self._take(plan, group, next(read))
        self._flush()
        self._report(Progress(total, total, "", "embedding"))
        return self._embedded

    def _prepare(self, file: File, waiting: Callable[[], object]) -> Prepared:
        target = self._target
        return prepare(file, target.count_tokens, target.passage_tokens, waiting)

    def _take(self, plan: _Plan, group: list[tuple[File, str]], read: Prepared) -> None:
        rows = [
            FileRow(
                f.path, f.size, f.modified_ns, sha256,
                None if read.document is None else read.path, read.reason,
            )
            for f, sha256 in group
        ]  # fmt: skip
        if read.document is None:
            plan.unread += rows
            return
        self._waiting.append((read.document, list(read.nodes), rows))
        if sum(len(nodes) for _, nodes, _ in self._waiting) >= self._slice:
            self._flush()

    def _flush(self) -> None:
        target, slice_ = self._target, self._slice
        every = [node for _, nodes, _ in self._waiting for node in nodes]
        for at in range(0, len(every), slice_):
            self._tell()  # a document may take minutes, and whoever cancels is heard here
            self._store(every[at : at + slice_])
        for document, nodes, rows in self._waiting:
            own = [row for row in rows if row.path == row.document]
            target.manifest.commit(target.generation, document, nodes, own[0])
            target.manifest.set_files(target.generation, rows)
        self._waiting.clear()

    def _store(self, nodes: list[TextNode]) -> None:
        """Write vectors; an input met before (a renamed file, a resumed sync) keeps its own."""
        target = self._target
        inputs = [_input_hash(node) for node in nodes]
        vectors = target.store.vectors_of_inputs(target.collection, list(set(inputs)))
        fresh = [(node, key) for node, key in zip(nodes, inputs, strict=True) if key not in vectors]
        if fresh:
            rows = embed_passages(target.embedding, [node for node, _ in fresh])
            vectors |= {key: row for (_, key), row in zip(fresh, rows, strict=True)}
            self._embedded += len(fresh)
        stacked = np.stack([vectors[key] for key in inputs])
        target.store.upsert(target.collection, nodes, stacked, inputs)


def _input_hash(node: TextNode) -> str:
    return hashlib.sha256(node.get_content(MetadataMode.EMBED).encode()).hexdigest()[:32]


def _forget_documents_without_vectors(target: Target) -> None:
    """Make documents whose vectors someone removed count as new."""
    manifest, generation = target.manifest, target.generation
    if target.store.count(target.collection) >= manifest.count(generation):
        return
    held = target.store.ids(target.collection)
    nodes = manifest.nodes(generation, sorted(manifest.passage_ids(generation) - held))
    paths = sorted({str(node.metadata["path"]) for node in nodes.values()})
    manifest.forget(generation, files=[], documents=paths)


def _clean(target: Target, gone: Sequence[str]) -> None:
    """Remove what no file stands for, sweep surplus vectors, and retire other generations."""
    manifest, store, generation = target.manifest, target.store, target.generation
    rows = manifest.files(generation)
    absent = set(gone)
    held = {row.document for path, row in rows.items() if path not in absent}
    without = [path for path in manifest.document_paths(generation) if path not in held]
    manifest.forget(generation, files=list(gone), documents=without)
    if store.count(target.collection) != manifest.count(generation):
        surplus = store.ids(target.collection) - manifest.passage_ids(generation)
        store.delete(target.collection, sorted(surplus))
    manifest.activate(generation)
    for name in store.names(target.prefix):
        if name != target.collection:
            store.drop(name)
