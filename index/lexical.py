"""The lexical index: BM25 over the words of `index/tokenizer.py`, in SQLite's FTS5.

It is written in the same transactions as the manifest. A score is the share of the question's
information that a passage holds, so that scores of different questions can be compared and fused.
In a large library the question's rarest words decide: BM25 gives words that stand everywhere next
to nothing, and to score all passages that hold them takes time that grows with the library.
"""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.schema import TextNode

from index.frequencies import Column, Frequencies
from index.tokenizer import Words, words

SCORED = 10_000  # passages, counted once for each word they hold: about 15 ms
PAIRS_SHARE = 0.3  # of the score, where the question has Hangul; words have the rest
CONTEXT_REPEATS = 1  # how often a passage's title and heading path count as its words


@dataclass(frozen=True)
class Match:
    """A passage id with its lexical score: about 0 (nothing shared) to 1 (all of it shared)."""

    id: str
    score: float


def entry(node: TextNode) -> Words:
    """Return the words a passage is found by: its text, and the headings above it."""
    above = "\n".join([node.metadata["context"]] * CONTEXT_REPEATS)
    return words(f"{above}\n{node.text}")


def add(write: sqlite3.Connection, number: int, found_by: Words) -> None:
    """Write the words of passage `number`."""
    row = (number, " ".join(found_by.words), " ".join(found_by.pairs))
    write.execute("INSERT INTO lexical (rowid, words, pairs) VALUES (?, ?, ?)", row)


def remove(write: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Remove the words of passages."""
    write.executemany("DELETE FROM lexical WHERE rowid = ?", [(number,) for number in numbers])


def search(
    frequencies: Frequencies,
    generation: str,
    question: str,
    *,
    limit: int,
    paths: Sequence[str] | None = None,
    language: str | None = None,
) -> list[Match]:
    """Return the best passages by falling score.

    Args:
        frequencies: those of the open index.
        generation: whose passages are searched.
        question: any text; only its words count.
        limit: how many at most.
        paths: only passages of these documents.
        language: only passages in this language (ISO 639-1).
    """
    asked = words(question)
    only, values = _filter(generation, paths, language)
    share = PAIRS_SHARE if asked.pairs else 0.0
    scores: dict[str, float] = {}
    parts: list[tuple[Column, tuple[str, ...]]] = [("words", asked.words), ("pairs", asked.pairs)]
    for column, terms in parts:
        weight = share if column == "pairs" else 1.0 - share
        found = _column(frequencies, column, terms, only, values, 4 * limit) if terms else {}
        for id, score in found.items():
            scores[id] = scores.get(id, 0.0) + weight * score
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Match(id, score) for id, score in ranked[:limit]]


def _filter(
    generation: str, paths: Sequence[str] | None, language: str | None
) -> tuple[str, list[str]]:
    only, values = "p.generation = ?", [generation]
    if paths is not None:
        only += f" AND p.path IN ({', '.join('?' * len(paths))})"
        values += paths
    if language is not None:
        only += " AND p.language = ?"
        values.append(language)
    return only, values


def _column(
    frequencies: Frequencies,
    column: Column,
    terms: Sequence[str],
    only: str,
    values: Sequence[str],
    limit: int,
) -> dict[str, float]:
    total = frequencies.total()
    holding = _rarest(frequencies.holding(column, list(dict.fromkeys(terms))[:200]))
    possible = sum(_information(total, count) for count in holding.values())
    query = f"{column} : (" + " OR ".join(f'"{term}"' for term in holding) + ")"
    rows = frequencies.database.rows(
        "SELECT p.id, bm25(lexical) AS score FROM lexical"
        " JOIN passages p ON p.number = lexical.rowid"
        f" WHERE lexical MATCH ? AND {only} ORDER BY score LIMIT ?",
        (query, *values, limit),
    )
    return {row["id"]: min(1.0, -row["score"] / possible) for row in rows}


def _rarest(holding: dict[str, int]) -> dict[str, int]:
    """Keep the rarest terms, by how many passages hold them: as many as can be scored in time."""
    kept: dict[str, int] = {}
    for term in sorted(holding, key=lambda term: holding[term]):
        if any(kept.values()) and sum(kept.values()) + holding[term] > SCORED:
            break
        kept[term] = holding[term]
    return {term: count for term, count in holding.items() if term in kept}


def _information(total: int, holding: int) -> float:
    """Return a term's inverse document frequency, as FTS5's bm25() computes it."""
    return max(1e-6, math.log((total - holding + 0.5) / (holding + 0.5)))
