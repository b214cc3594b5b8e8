"""How search and sync behave as a library grows. Passages are pairs of real sentences, of the texts
that the reader was trained on; the vector of a pair is the weighted mean of the real vectors of its
two sentences, given length one. Everything but the model is as users run it: files are read, split,
stored and searched.
"""

import json
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import ConfigDict

import qa.training
from eval.process import resident
from index import Index, IndexSettings, Retriever
from index.embedding import Embedding
from index.sentences import split

MEBIBYTE = 2**20
TEXTS = Path(qa.training.__file__).parent
SECTIONS = 50  # passages of a document
NEAREST = 10
SAME = 1e-5  # two cosines this close are one rank
_PAIR = re.compile(r"No (\d+) (\d+) (\d+)")


@dataclass(frozen=True)
class Stock:
    """Sentences and questions with their real vectors, rows of length one."""

    sentences: tuple[str, ...]
    vectors: np.ndarray
    questions: tuple[str, ...]
    asked: np.ndarray

    def mixed(self, pairs: np.ndarray) -> np.ndarray:
        """Return the vectors of pairs (n, 3): two sentences, and the first's share in percent."""
        share = pairs[:, 2:].astype(np.float32) / 100
        found: np.ndarray = (
            share * self.vectors[pairs[:, 0]] + (1 - share) * self.vectors[pairs[:, 1]]
        )
        mixed: np.ndarray = found / np.linalg.norm(found, axis=1, keepdims=True)
        return mixed

    def pairs(self, count: int) -> np.ndarray:
        """Return the first `count` pairs, always the same and none twice: (count, 3)."""
        rng = np.random.default_rng(7)
        size = len(self.sentences)
        codes = rng.permutation(size * size)[: count + size]
        left, right = codes // size, codes % size
        kept = np.stack([left, right, rng.integers(35, 66, len(codes))], 1)[left != right]
        if len(kept) < count:
            raise ValueError(f"{size} sentences make no {count} pairs")
        first: np.ndarray = kept[:count]
        return first


@dataclass(frozen=True)
class Point:
    """What was measured at one size. Times of a search are in milliseconds, over all questions."""

    passages: int
    search_p50: float
    search_p95: float
    dense_p95: float
    lexical_p95: float
    recall: float
    sync_passages_a_second: float
    unchanged_seconds: float
    memory_mib: float
    disk_mib: float

    def as_json(self) -> dict[str, float]:
        """Return the JSON form."""
        return asdict(self)


class Known(BaseEmbedding):
    """An embedding that looks up what a stock holds, in no time."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    model_name: str = "pairs"
    stock: Stock

    @cached_property
    def _of_question(self) -> dict[str, np.ndarray]:
        return dict(zip(self.stock.questions, self.stock.asked, strict=True))

    def _get_query_embedding(self, query: str) -> list[float]:
        row: list[float] = self._of_question[query].tolist()
        return row

    def _get_text_embedding(self, text: str) -> list[float]:
        found = _PAIR.search(text)
        if found is None:  # the title alone, where the first pair is long; far from all questions
            away: list[float] = (-self.stock.asked.mean(0)).tolist()
            return away
        row: list[float] = self.stock.mixed(np.array([[int(n) for n in found.groups()]]))[
            0
        ].tolist()
        return row

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def stock(embedding: Embedding, *, sentences: int, questions: int) -> Stock:
    """Embed at most so many sentences and questions, spread over all texts.

    Raises:
        WeightsError: the model cannot be had.
    """
    said: list[str] = []
    asked: list[str] = []
    for file in sorted(TEXTS.glob("writer-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            held = json.loads(line)
            text = " ".join(held["text"].split())
            said += [text[s.start : s.end] for s in split(text, 0, len(text), held["lang"])]
            asked += [each["q"] for each in held["qa"]]
    said, asked = _spread(list(dict.fromkeys(said)), sentences), _spread(asked, questions)
    vectors = embedding.embed_titled([""] * len(said), said)
    rows = np.array([embedding.get_query_embedding(question) for question in asked], np.float32)
    return Stock(tuple(said), vectors, tuple(asked), rows)


def grow(held: Stock, sizes: Sequence[int], place: Path) -> Iterator[Point]:
    """Grow one library to each of the sizes, in rising order, and measure it there.

    Raises:
        FootnoteError: it cannot be written or searched.
    """
    folder = place / "documents"
    settings = IndexSettings(home=place / "home")
    pairs, written = held.pairs(max(sizes)), 0
    for size in sizes:
        _write(held, folder, pairs, written, size)
        with _opened(folder, settings, held) as index:
            embedded, seconds = _timed(index)
            unchanged = _timed(index)[1]
            yield _measured(index, held, pairs[:size], embedded / seconds, unchanged)
        written = size


def _measured(
    index: Index, held: Stock, pairs: np.ndarray, speed: float, unchanged: float
) -> Point:
    retriever = Retriever(index)
    whole, dense, lexical, found = [], [], [], []
    retriever.search(held.questions[0])  # opens what is opened once
    for question, vector in zip(held.questions, held.asked, strict=True):
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
        named = [_PAIR.search(str(node.metadata["heading"])) for node in nodes.values()]
        found.append({tuple(map(int, name.groups())) for name in named if name})
    disk = sum(file.stat().st_size for file in index.location.rglob("*") if file.is_file())
    return Point(
        passages=len(pairs),
        search_p50=_ms(statistics.median(whole)),
        search_p95=_ms(_p95(whole)),
        dense_p95=_ms(_p95(dense)),
        lexical_p95=_ms(_p95(lexical)),
        recall=round(_recall(held, pairs, found), 4),
        sync_passages_a_second=round(speed, 1),
        unchanged_seconds=round(unchanged, 3),
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


def _write(held: Stock, folder: Path, pairs: np.ndarray, begin: int, end: int) -> None:
    for at in range(begin, end, SECTIONS):
        part = folder / f"{at // 50_000:03}"
        part.mkdir(parents=True, exist_ok=True)
        sections = [
            f"## No {a} {b} {share}\n\n{held.sentences[a]} {held.sentences[b]}\n"
            for a, b, share in pairs[at : min(at + SECTIONS, end)]
        ]
        (part / f"{at:07}.md").write_text("\n".join(["# Pairs\n", *sections]), encoding="utf-8")


@contextmanager
def _opened(folder: Path, settings: IndexSettings, held: Stock) -> Iterator[Index]:
    with Index.open(folder, settings, embedding=Known(stock=held)) as index:
        yield index


def _timed(index: Index) -> tuple[int, float]:
    began = time.perf_counter()
    embedded = index.sync().embedded
    return embedded, time.perf_counter() - began


def _spread(items: list[str], count: int) -> list[str]:
    return [items[at * len(items) // count] for at in range(count)] if len(items) > count else items


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(np.asarray(values), 95))
