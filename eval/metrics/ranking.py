"""Metrics of a ranked list, over plain values: what is relevant and in which order it was found.
Written here, eight lines each, because `ranx` would bring numba, matplotlib and twelve more
packages; the tests compare them with hand values and with scikit-learn.
"""

import math
from collections.abc import Mapping, Sequence


def recall_at(ranked: Sequence[str], relevant: Sequence[str], k: int) -> float:
    """Return the share of the relevant that are among the first `k`, 0 to 1.

    Raises:
        ZeroDivisionError: nothing is relevant; leave such a question out.
    """
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranked: Sequence[str], relevant: Sequence[str]) -> float:
    """Return 1 / rank of the first relevant one, 0 where there is none (Voorhees 1999)."""
    wanted = set(relevant)
    return next((1 / rank for rank, id in enumerate(ranked, 1) if id in wanted), 0.0)


def average_precision(ranked: Sequence[str], relevant: Sequence[str], k: int) -> float:
    """Return the mean precision at the rank of each relevant one among the first `k`.

    Divided by the relevant ones that `k` places can hold, as TREC's MAP@k is.
    """
    wanted, found, total = set(relevant), 0, 0.0
    for rank, id in enumerate(ranked[:k], 1):
        if id in wanted:
            found += 1
            total += found / rank
    return total / min(len(wanted), k)


def new_facts_precision(found: Sequence[Sequence[int]], facts: int) -> float:
    """Return MAP@k as MultiHop-RAG's authors compute it (Tang and Yang 2024).

    At each rank the facts that no passage before it held, divided by the rank; their sum is divided
    by the facts that k places can hold, where each is taken to bring one.

    Args:
        found: by passage in ranked order: the numbers of the facts it holds.
        facts: how many there are.

    >>> new_facts_precision([[], [0, 1], [1, 2]], 4)
    0.3333333333333333
    """
    known: set[int] = set()
    total = 0.0
    for rank, held in enumerate(found, 1):
        total += len(set(held) - known) / rank
        known |= set(held)
    return total / min(facts, 10)


def ndcg_at(ranked: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """Return nDCG@k with linear gains, as BEIR and trec_eval compute it.

    Järvelin and Kekäläinen 2002: the gain of rank i counts 1 / log2(1 + i), divided by what the
    best order reaches.

    >>> round(ndcg_at(["x", "a"], {"a": 1}, 10), 4)
    0.6309
    """
    reached = discounted([gains.get(id, 0.0) for id in ranked[:k]])
    best = discounted(sorted(gains.values(), reverse=True)[:k])
    return reached / best if best else 0.0


def discounted(gains: Sequence[float]) -> float:
    """Return the discounted cumulative gain of gains in ranked order."""
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))


def first_ranks(found: Sequence[Sequence[bool]]) -> tuple[int | None, ...]:
    """Return for each quote of the evidence the rank (from 1) of the first passage that holds it.

    Args:
        found: by passage in ranked order, by quote: whether the passage overlaps the quote.
    """
    quotes = len(found[0]) if found else 0
    return tuple(
        next((rank for rank, row in enumerate(found, 1) if row[quote]), None)
        for quote in range(quotes)
    )


def evidence_recall(ranks: Sequence[int | None], k: int) -> float:
    """Return the share of the evidence's quotes that the first `k` passages hold."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def evidence_ndcg(ranks: Sequence[int | None], k: int) -> float:
    """Return nDCG@k where a passage is relevant when it is the first to hold a quote.

    Nobody has marked every passage, so the ideal list is: one passage for each that brought
    something new, and one more for each quote that no passage brought.
    """
    bringing = {rank for rank in ranks if rank is not None}
    ideal = len(bringing) + sum(rank is None for rank in ranks)
    reached = sum(1 / math.log2(1 + rank) for rank in bringing if rank <= k)
    return reached / discounted([1.0] * min(ideal, k))
