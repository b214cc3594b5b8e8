"""Metrics of yes-or-no decisions and of the scores behind them, against the truth: precision and
recall, balanced accuracy, area under the ROC curve, calibration, agreement of two judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Detection:
    """Precision, recall and F1 of a yes-or-no decision, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Agreement:
    """How far two judges agree on `n` verdicts: the raw share, and Cohen's kappa (-1 to 1)."""

    n: int
    raw: float
    kappa: float


@dataclass(frozen=True)
class Bin:
    """Scores of one stretch: their mean, the share that is true, how many they are."""

    low: float
    high: float
    mean: float
    true: float
    n: int


def detection(predicted: Sequence[bool], wanted: Sequence[bool]) -> Detection:
    """Score abstentions (`predicted`) against the cases that call for one (`wanted`).

    The definitions of van Rijsbergen 1979; what would divide by zero is 0.
    """
    both = sum(p and w for p, w in zip(predicted, wanted, strict=True))
    precision = both / max(1, sum(predicted))
    recall = both / max(1, sum(wanted))
    f1 = 2 * both / max(1, sum(predicted) + sum(wanted))
    return Detection(precision, recall, f1)


def balanced_accuracy(predicted: Sequence[bool], wanted: Sequence[bool]) -> float:
    """Return the mean of the shares right among the true and among the false.

    The figure of LLM-AggreFact (Tang et al. 2024); one half is chance whatever the balance. With
    one class only, the share right.
    """
    pairs = list(zip(predicted, wanted, strict=True))
    shares = []
    for truth in (True, False):
        said = [p for p, w in pairs if w is truth]
        if said:
            shares.append(sum(p is truth for p in said) / len(said))
    return sum(shares) / len(shares)


def auroc(scores: Sequence[float], wanted: Sequence[bool]) -> float | None:
    """Return the area under the ROC curve; `None` where there is one class only.

    The chance that a true one scores higher than a false one, ties counting half (the Mann-Whitney
    statistic; Hanley and McNeil 1982).
    """
    true = np.asarray([s for s, w in zip(scores, wanted, strict=True) if w])
    false = np.asarray([s for s, w in zip(scores, wanted, strict=True) if not w])
    if not len(true) or not len(false):
        return None
    higher = (true[:, None] > false[None, :]).mean()
    return float(higher + (true[:, None] == false[None, :]).mean() / 2)


def calibration(scores: Sequence[float], wanted: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """Return the reliability diagram: equal stretches of 0 to 1, those that hold a score.

    Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    rows = np.asarray(scores, dtype=np.float64)
    truth = np.asarray(wanted, dtype=np.float64)
    at = np.minimum((rows * bins).astype(int), bins - 1)
    return tuple(
        Bin(i / bins, (i + 1) / bins, float(rows[at == i].mean()), float(truth[at == i].mean()),
            int((at == i).sum()))
        for i in range(bins)
        if (at == i).any()
    )  # fmt: skip


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: |mean score - share true|, weighted by bin size."""
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.mean - one.true) for one in bins) / total


def agreement(first: Sequence[bool], second: Sequence[bool]) -> Agreement:
    """Return raw agreement and Cohen's kappa (Cohen 1960) of two judges.

    Kappa is agreement beyond what both judges' shares of "yes" give by chance; where chance alone
    agrees always, it is 1 if they agree and 0 otherwise.
    """
    n = len(first)
    raw = sum(a == b for a, b in zip(first, second, strict=True)) / n
    yes, also = sum(first) / n, sum(second) / n
    chance = yes * also + (1 - yes) * (1 - also)
    kappa = (raw - chance) / (1 - chance) if chance < 1 else float(raw == 1)
    return Agreement(n, raw, kappa)
