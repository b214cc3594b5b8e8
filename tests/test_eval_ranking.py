"""Metrics of ranked lists, by hand and beside scikit-learn."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.metrics import ndcg_score

from eval.metrics import ranking


def test_recall_at_k_is_the_share_of_the_relevant_found() -> None:
    ranked = ["a", "x", "b", "c"]
    assert ranking.recall_at(ranked, ["a", "b", "z"], 1) == pytest.approx(1 / 3)
    assert ranking.recall_at(ranked, ["a", "b", "z"], 3) == pytest.approx(2 / 3)
    assert ranking.recall_at(["a", "a"], ["a"], 2) == 1


def test_the_reciprocal_rank_is_that_of_the_first_relevant_one() -> None:
    assert ranking.reciprocal_rank(["x", "b", "a"], ["a", "b"]) == 0.5
    assert ranking.reciprocal_rank(["x"], ["a"]) == 0


def test_average_precision_is_worked_by_hand() -> None:
    # Relevant at ranks 1 and 3: (1/1 + 2/3) / 2.
    assert ranking.average_precision(["a", "x", "b"], ["a", "b"], 10) == pytest.approx(5 / 6)
    assert ranking.average_precision(["x", "a", "b"], ["a", "b"], 1) == 0


def test_ndcg_is_worked_by_hand() -> None:
    # Gains 0, 3, 1 where 3, 1 is best: (3/log2(3) + 1/log2(4)) / (3 + 1/log2(3)).
    best = 3 + 1 / math.log2(3)
    reached = 3 / math.log2(3) + 0.5
    found = ranking.ndcg_at(["x", "a", "b"], {"a": 3, "b": 1}, 10)
    assert found == pytest.approx(reached / best)
    assert ranking.ndcg_at(["x", "a"], {"a": 3}, 1) == 0
    assert ranking.ndcg_at(["a"], {}, 10) == 0


@settings(deadline=None)
@given(
    some.lists(some.integers(0, 3), min_size=2, max_size=30).filter(any),
    some.integers(1, 12),
    some.randoms(use_true_random=False),
)
def test_ndcg_is_what_scikit_learn_says(gains: list[int], k: int, dice: object) -> None:
    order = list(range(len(gains)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    scores = np.zeros(len(gains))
    scores[order] = np.arange(len(gains), 0, -1)
    ours = ranking.ndcg_at([str(i) for i in order], {str(i): g for i, g in enumerate(gains)}, k)
    assert ours == pytest.approx(ndcg_score([gains], [scores], k=k))


def test_each_quote_has_the_rank_of_the_first_passage_that_holds_it() -> None:
    found = [[False, False, False], [True, False, False], [True, True, False]]
    assert ranking.first_ranks(found) == (2, 3, None)
    assert ranking.first_ranks([]) == ()


def test_evidence_recall_counts_quotes() -> None:
    assert ranking.evidence_recall((2, 3, None), 2) == pytest.approx(1 / 3)
    assert ranking.evidence_recall((1, 1), 1) == 1


def test_evidence_ndcg_is_one_when_what_is_new_comes_first() -> None:
    assert ranking.evidence_ndcg((1, 2), 10) == 1
    assert ranking.evidence_ndcg((1, 1), 10) == 1, "one passage may hold both"
    # Rank 2 brought a quote, the other was never found: 1/log2(3) of 1 + 1/log2(3).
    discount = 1 / math.log2(3)
    assert ranking.evidence_ndcg((2, None), 10) == pytest.approx(discount / (1 + discount))
    assert ranking.evidence_ndcg((11,), 10) == 0


def test_facts_count_once_as_multihop_rags_authors_count() -> None:
    # Two facts in the first passage, none new in the second, one in the fourth: (2 + 1/4) of 3.
    found = [[0, 1], [1], [], [2]]
    assert ranking.new_facts_precision(found, 3) == pytest.approx(2.25 / 3)
    assert ranking.new_facts_precision([], 3) == 0


def test_the_example_in_the_docstring_holds() -> None:
    result = doctest.testmod(ranking)
    assert result.attempted > 0 and result.failed == 0
