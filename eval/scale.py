"""How search and sync behave as a library grows. Small libraries are files that are read, split,
stored and searched as users do; what is larger is filled (`eval/filling.py`).
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from eval.filling import fill
from eval.pairs import SECTIONS, Known, Stock, heading_of, pair_of, path_of, text_of
from eval.process import resident
from index import Index, IndexSettings, Retriever
from index.embedding import embed_query

MEBIBYTE = 2**20
NEAREST = 10
SAME = 1e-5  # two cosines this close are one rank
SYNCED = 10_000  # passages up to which a library is made by a sync
FILES = 10_000  # of the folder in which nothing changed


@dataclass(frozen=True)
class Point:
    """What was measured at one size. Times of a search are in milliseconds, over all questions, and
    without the question's embedding; a library that was filled has no speed of a sync.
    """

    passages: int
    search_p50: float
    search_p95: float
    dense_p95: float
    lexical_p95: float
    recall: float
    memory_mib: float
    disk_mib: float
    sync_passages_a_second: float | None = None

    def as_json(self) -> dict[str, float | None]:
        """Return the JSON form."""
        return asdict(self)


def grow(
    held: Stock,
    sizes: Sequence[int],
    place: Path,
    *,
    dimension: int = 768,
    tell: Callable[[int], object] = lambda done: None,
) -> Iterator[Point]:
    """Make a library of each of the sizes, in rising order, and measure it.

    Args:
        held: what the libraries are made of.
        sizes: numbers of passages.
        place: an empty folder.
        dimension: length of the vectors; recall is against exact search with whole ones.
        tell: called with how many passages of the present library are stored, now and then.

    Raises:
        FootnoteError: it cannot be written or searched.
    """
    pairs, written = held.pairs(max(sizes)), 0
    for size in sizes:
        synced = size <= SYNCED
        folder = place / ("documents" if synced else f"filled-{size}")
        settings = IndexSettings(home=place / "home", dimension=dimension)
        _write(held, folder, pairs, written if synced else size, size)
        with _opened(folder, settings, held) as index:
            if synced:
                embedded, seconds = _timed(index)
                rate: float | None = round(embedded / seconds, 1)
            else:
                fill(index, held, pairs[:size], tell)
                rate = None
        with _opened(folder, settings, held) as index:
            yield replace(_measured(index, held, pairs[:size]), sync_passages_a_second=rate)
        written = size if synced else written


def unchanged(held: Stock, place: Path, files: int = FILES) -> float:
    """Return the seconds that a sync takes in a folder of many small files of which none changed.

    Raises:
        FootnoteError: it cannot be written or read.
    """
    folder, settings = place / "files", IndexSettings(home=place / "home")
    _write(held, folder, held.pairs(files), 0, files, sections=1)
    with _opened(folder, settings, held) as index:
        index.sync()
    with _opened(folder, settings, held) as index:
        return _timed(index)[1]


def _measured(index: Index, held: Stock, pairs: np.ndarray) -> Point:
    retriever = Retriever(index)
    whole, dense, lexical, found = [], [], [], []
    retriever.search(held.questions[0])  # opens what is opened once
    for question in held.questions:
        vector = embed_query(index.embedding, question)
        began = time.perf_counter()
        retriever.search(question)
        middle = time.perf_counter()
        near = index.nearest(vector, NEAREST, None, None)
        between = time.perf_counter()
        index.matches(question, 40, None, None)
        whole.append(middle - began)
        dense.append(between - middle)
        lexical.append(time.perf_counter() - between)
        nodes = index.nodes([hit.id for hit in near])
        named = [pair_of(str(node.metadata["heading"])) for node in nodes.values()]
        found.append({name for name in named if name})
    disk = sum(file.stat().st_size for file in index.location.rglob("*") if file.is_file())
    return Point(
        passages=len(pairs),
        search_p50=_ms(statistics.median(whole)),
        search_p95=_ms(_p95(whole)),
        dense_p95=_ms(_p95(dense)),
        lexical_p95=_ms(_p95(lexical)),
        recall=round(_recall(held, pairs, found), 4),
        memory_mib=round(resident() / MEBIBYTE, 1),
        disk_mib=round(disk / MEBIBYTE, 1),
    )


def _recall(held: Stock, pairs: np.ndarray, found: Sequence[set[tuple[int, ...]]]) -> float:
    """Return the share of each question's truly nearest pairs that was found."""
    best = np.full((len(held.asked), NEAREST), -1.0, np.float32)
    for at in range(0, len(pairs), 10_000):
        near = held.asked @ held.mixed(pairs[at : at + 10_000]).T
        best = -np.partition(-np.concatenate([best, near], 1), NEAREST - 1, 1)[:, :NEAREST]
    shares = []
    for vector, seen, least in zip(held.asked, found, best.min(1), strict=True):
        cosines = held.mixed(np.array(sorted(seen))) @ vector
        shares.append(float((cosines >= least - SAME).sum()) / NEAREST)
    return statistics.mean(shares)


def _write(
    held: Stock, folder: Path, pairs: np.ndarray, begin: int, end: int, sections: int = SECTIONS
) -> None:
    """Write the documents of the pairs from `begin` to `end`; none where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for at in range(begin, end, sections):
        file = folder / path_of(at)
        file.parent.mkdir(exist_ok=True)
        parts = [
            f"## {heading_of(pair)}\n\n{text_of(held, pair)}\n"
            for pair in pairs[at : min(at + sections, end)]
        ]
        file.write_text("\n".join(["# Pairs\n", *parts]), encoding="utf-8")


@contextmanager
def _opened(folder: Path, settings: IndexSettings, held: Stock) -> Iterator[Index]:
    embedding = Known(stock=held, dimension=settings.dimension)
    with Index.open(folder, settings, embedding=embedding) as index:
        yield index


def _timed(index: Index) -> tuple[int, float]:
    began = time.perf_counter()
    embedded = index.sync().embedded
    return embedded, time.perf_counter() - began


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(np.asarray(values), 95))
