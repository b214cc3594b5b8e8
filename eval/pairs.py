"""Passages in any number with real vectors: pairs of real sentences, of the texts that the reader was
trained on; the vector of a pair is the weighted mean of the real vectors of its two sentences, given
length one.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import ConfigDict

import qa.training
from index import IndexSettings
from index.embedding import Embedding
from index.sentences import split

TEXTS = Path(qa.training.__file__).parent
SECTIONS = 50  # passages of a document
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


class Known(BaseEmbedding):
    """An embedding that looks up what a stock holds, in no time."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    model_name: str = "pairs"
    stock: Stock
    dimension: int = 768

    @cached_property
    def _of_question(self) -> dict[str, np.ndarray]:
        return dict(zip(self.stock.questions, self.stock.asked, strict=True))

    def _get_query_embedding(self, query: str) -> list[float]:
        row: list[float] = self._of_question[query][: self.dimension].tolist()
        return row

    def _get_text_embedding(self, text: str) -> list[float]:
        pair = pair_of(text)
        if pair is None:  # the title alone, where the first pair is long; far from all questions
            away: list[float] = (-self.stock.asked.mean(0))[: self.dimension].tolist()
            return away
        row: list[float] = self.stock.mixed(np.array([pair]))[0, : self.dimension].tolist()
        return row

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def stock(settings: IndexSettings, *, sentences: int, questions: int) -> Stock:
    """Embed at most so many sentences and questions, spread over all texts.

    Args:
        settings: name the embedding model.
        sentences: how many at most.
        questions: how many at most.

    Raises:
        WeightsError: the model cannot be had.
    """
    embedding = Embedding.of(settings)
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


def heading_of(pair: np.ndarray) -> str:
    """Return the heading that a pair's passage stands under, which tells it from all others."""
    return "No {} {} {}".format(*pair)


def pair_of(heading: str) -> tuple[int, ...] | None:
    """Return the pair that a heading names."""
    found = _PAIR.search(heading)
    return tuple(map(int, found.groups())) if found else None


def text_of(held: Stock, pair: np.ndarray) -> str:
    """Return the text of a pair's passage."""
    return f"{held.sentences[pair[0]]} {held.sentences[pair[1]]}"


def path_of(number: int) -> str:
    """Return the path of the document whose first passage has this number, a thousand a folder."""
    return f"{number // (1000 * SECTIONS):03}/{number:07}.md"


def _spread(items: list[str], count: int) -> list[str]:
    return [items[at * len(items) // count] for at in range(count)] if len(items) > count else items
