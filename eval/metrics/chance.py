"""What chance may do to a figure: bootstrap intervals of one run, significance of the difference of
two runs on the same cases. Over plain numbers, seeded, so that the same run gives the same text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
FLIPS = 10_000
SEED = 20241107

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A 95% confidence interval."""

    low: float
    high: float


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of the values do not exceed.

    The nearest-rank definition (Hyndman and Fan 1996, number 1): always a value that occurred.
    """
    return float(np.quantile(np.asarray(seconds, dtype=np.float64), share, method="inverted_cdf"))


def bootstrap(rows: Numbers, statistic: Callable[[Numbers], float]) -> Interval:
    """Return the 95% percentile bootstrap interval of a statistic (Efron 1979), seeded.

    Args:
        rows: shape (n, ...), one row per case; cases are drawn with replacement.
        statistic: from rows of the same shape to a number.
    """
    return _interval(np.asarray([statistic(rows[chosen]) for chosen in _drawn(len(rows))]))


def mean_interval(values: Numbers) -> Interval:
    """Return what `bootstrap` gives for the mean, all draws at once."""
    return _interval(values[_drawn(len(values))].mean(axis=1))


def percentile_interval(values: Numbers, share: float) -> Interval:
    """Return what `bootstrap` gives for `percentile`, all draws at once."""
    drawn = np.sort(values[_drawn(len(values))], axis=1)
    return _interval(np.quantile(drawn, share, axis=1, method="inverted_cdf"))


@lru_cache(maxsize=64)
def _drawn(size: int) -> NDArray[np.int64]:
    """Return which of `size` rows each resample has, shape (RESAMPLES, size)."""
    return np.random.default_rng(SEED).integers(0, size, size=(RESAMPLES, size))


def _interval(values: Numbers) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))


def permutation_p(gains: int, losses: int) -> float:
    """Return the two-sided p-value of a paired permutation test on yes-or-no outcomes.

    Under "no difference" each case that changed was as likely to change the other way, so the
    exact permutation distribution is binomial: McNemar's test (1947) without approximation.
    """
    changed, fewer = gains + losses, min(gains, losses)
    ways, below = 1, 1 if changed else 0
    for k in range(1, fewer + 1):
        ways = ways * (changed - k + 1) // k
        below += ways
    return min(1.0, 2 * below / 2**changed) if changed else 1.0


def randomisation_p(differences: Sequence[float]) -> float:
    """Return the two-sided p-value of a paired randomisation test on differences of any size.

    Fisher's test (1935), recommended for comparing systems question by question (Smucker, Allan
    and Carterette 2007): the signs are flipped in every way where that is few, else at random.
    """
    moved = np.asarray([d for d in differences if d], dtype=np.float64)
    if not len(moved):
        return 1.0
    if len(moved) <= 13:
        every = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
        sums = np.abs((1 - 2 * every) @ moved)
        return float((sums >= abs(moved.sum()) - 1e-9).mean())
    signs = np.random.default_rng(SEED).integers(0, 2, size=(FLIPS, len(moved)))
    sums = np.abs((1 - 2 * signs) @ moved)
    return float(((sums >= abs(moved.sum()) - 1e-9).sum() + 1) / (FLIPS + 1))
