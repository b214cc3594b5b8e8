"""Decisions against the truth, by hand and beside scikit-learn; and what chance may do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from eval.metrics import chance, decisions
from eval.metrics.decisions import Agreement, Bin, Detection


def test_abstaining_is_scored_as_a_detection() -> None:
    # Abstained on 1, 2, 3; called for on 2, 3, 4, 5: two of three, two of four.
    predicted = [True, True, True, False, False, False]
    wanted = [False, True, True, True, True, False]
    found = decisions.detection(predicted, wanted)
    assert found == Detection(2 / 3, 0.5, pytest.approx(4 / 7))
    assert decisions.detection([False], [True]) == Detection(0, 0, 0)


def test_balanced_accuracy_is_one_half_for_always_saying_yes() -> None:
    assert decisions.balanced_accuracy([True] * 10, [True] * 9 + [False]) == 0.5
    # Two of three true, one of one false.
    assert decisions.balanced_accuracy([True, True, False, False], [True] * 3 + [False]) == (
        pytest.approx((2 / 3 + 1) / 2)
    )
    assert decisions.balanced_accuracy([True, False], [True, True]) == 0.5


def test_the_area_under_the_curve_counts_pairs_and_half_of_ties() -> None:
    # True 0.9, 0.5; false 0.5, 0.1: 0.9 beats both, 0.5 ties one and beats one.
    assert decisions.auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 3.5 / 4
    assert decisions.auroc([0.9], [True]) is None


@settings(deadline=None)
@given(some.lists(some.tuples(some.integers(0, 9), some.booleans()), min_size=2, max_size=40))
def test_the_area_is_what_scikit_learn_says(rows: list[tuple[int, bool]]) -> None:
    scores, wanted = [s / 10 for s, _ in rows], [w for _, w in rows]
    ours = decisions.auroc(scores, wanted)
    if len(set(wanted)) == 2:
        assert ours == pytest.approx(roc_auc_score(wanted, scores))
    else:
        assert ours is None


def test_calibration_is_worked_by_hand() -> None:
    bins = decisions.calibration([0.1, 0.3, 0.9, 1.0], [False, True, True, True], bins=2)
    assert bins == (
        Bin(0.0, 0.5, pytest.approx(0.2), 0.5, 2), Bin(0.5, 1.0, pytest.approx(0.95), 1.0, 2),
    )  # fmt: skip
    # (2 * 0.3 + 2 * 0.05) / 4
    assert decisions.calibration_error(bins) == pytest.approx(0.175)


def test_kappa_is_agreement_beyond_chance() -> None:
    # Cohen's table: both yes 20, both no 15, 5 and 10 apart: raw 0.7, chance 0.5, kappa 0.4.
    first = [True] * 25 + [False] * 25
    second = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert decisions.agreement(first, second) == Agreement(50, 0.7, pytest.approx(0.4))
    assert decisions.agreement([True, True], [True, True]) == Agreement(2, 1, 1)


@settings(deadline=None)
@given(some.lists(some.tuples(some.booleans(), some.booleans()), min_size=2, max_size=40))
def test_kappa_is_what_scikit_learn_says(rows: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in rows], [b for _, b in rows]
    if len({*first, *second}) == 2:
        theirs = cohen_kappa_score(first, second)
        assert decisions.agreement(first, second).kappa == pytest.approx(theirs)


def test_percentiles_are_values_that_occurred() -> None:
    seconds = [9.0, 1.0, 2.0, 4.0]
    assert chance.percentile(seconds, 0.5) == 2
    assert chance.percentile(seconds, 0.95) == 9


def mean(rows: chance.Numbers) -> float:
    return float(rows.mean())


def test_the_bootstrap_interval_of_a_constant_is_the_constant() -> None:
    interval = chance.bootstrap(np.full(7, 0.5), mean)
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_the_bootstrap_interval_of_a_share_is_near_the_binomial_one_and_repeatable() -> None:
    half = np.repeat([0.0, 1.0], 50)
    first = chance.bootstrap(half, mean)
    # 0.5 -+ 1.96 * sqrt(0.25 / 100)
    assert first.low == pytest.approx(0.402, abs=0.02)
    assert first.high == pytest.approx(0.598, abs=0.02)
    assert chance.bootstrap(half, mean) == first


@settings(deadline=None)
@given(some.lists(some.floats(0, 100), min_size=1, max_size=25))
def test_drawing_all_at_once_gives_the_same_intervals(values: list[float]) -> None:
    rows = np.asarray(values)
    slow, fast = chance.bootstrap(rows, mean), chance.mean_interval(rows)
    assert (fast.low, fast.high) == (pytest.approx(slow.low), pytest.approx(slow.high))
    at = chance.bootstrap(rows, lambda r: chance.percentile(r.tolist(), 0.95))
    assert chance.percentile_interval(rows, 0.95) == at


def test_the_permutation_test_is_exact() -> None:
    # Five changes, all gains: 2 of the 32 ways are as extreme.
    assert chance.permutation_p(5, 0) == 2 / 32
    # Seven changes, one loss: (1 + 7) ways on either side, of 128.
    assert chance.permutation_p(6, 1) == 2 * 8 / 128
    assert chance.permutation_p(3, 3) == 1
    assert chance.permutation_p(0, 0) == 1


def test_the_randomisation_test_flips_signs_in_every_way() -> None:
    # 1, 2, 3: only +++ and --- reach a sum of 6, 2 of 8.
    assert chance.randomisation_p([1, 2, 3, 0]) == 2 / 8
    # 1, 1, -1: |sum| >= 1 always.
    assert chance.randomisation_p([1, 1, -1]) == 1
    assert chance.randomisation_p([0, 0]) == 1


def test_many_differences_are_flipped_at_random_with_the_same_answer_each_time() -> None:
    clear = chance.randomisation_p([0.5] * 20)
    assert clear == chance.randomisation_p([0.5] * 20) < 0.001
    assert chance.randomisation_p([0.5, -0.5] * 10) == 1


def test_on_yes_or_no_both_tests_agree() -> None:
    assert chance.randomisation_p([1] * 6 + [-1]) == chance.permutation_p(6, 1)
