"""Compares two runs over the same cases, case by case: which cases changed, by how much the share
of right answers moved, and whether that is more than chance. Knows runs only by their folders.
"""

from dataclasses import dataclass

import numpy as np

from eval import metrics
from eval.errors import EvaluationError
from eval.folder import RunFolder
from eval.metrics import Interval
from eval.table import table


@dataclass(frozen=True)
class Comparison:
    """Run B against run A over the `n` cases both asked.

    `before` and `after` are the shares right, `change` the bootstrap interval of their difference
    and `p` the two-sided p-value of the paired permutation test.
    """

    n: int
    before: float
    after: float
    change: Interval
    p: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def compare(a: RunFolder, b: RunFolder) -> Comparison:
    """Compare two finished runs on the cases they share.

    Raises:
        EvaluationError: a folder holds no finished run, or they share no case.
    """
    first, second = ({case.id: case for case in run.cases()} for run in (a, b))
    was = {score.id: score.right for score in a.scores()}
    now = {score.id: score.right for score in b.scores()}
    shared = [id for id in was if id in now and first[id] == second[id]]
    if not shared:
        message = f"The runs {str(a.path)!r} and {str(b.path)!r} have no case in common"
        raise EvaluationError(f"{message}; compare two runs of the same case file.")
    gained = tuple(id for id in shared if now[id] and not was[id])
    lost = tuple(id for id in shared if was[id] and not now[id])
    moved = np.asarray([float(now[id]) - float(was[id]) for id in shared])
    return Comparison(
        n=len(shared),
        before=sum(was[id] for id in shared) / len(shared),
        after=sum(now[id] for id in shared) / len(shared),
        change=metrics.bootstrap(moved, lambda rows: float(rows.mean())),
        p=metrics.permutation_p(len(gained), len(lost)),
        gained=gained,
        lost=lost,
    )


def comparison_text(a: RunFolder, b: RunFolder, result: Comparison) -> str:
    """Return the comparison as the screen shows it."""
    rows = [
        ("run", "engine", "right"),
        (str(a.path), a.summary().engine, f"{result.before:.3f}"),
        (str(b.path), b.summary().engine, f"{result.after:.3f}"),
    ]
    moved = result.after - result.before
    interval = f"{result.change.low:+.3f} to {result.change.high:+.3f}"
    verdict = "more than chance" if result.p < 0.05 else "not more than chance at p < 0.05"
    changed = [("case", "change")]
    changed += [(id, "now right") for id in result.gained]
    changed += [(id, "now wrong") for id in result.lost]
    return "\n\n".join(
        [
            table(rows),
            f"{moved:+.3f} over {result.n} cases (95% interval {interval}), "
            f"p = {result.p:.3f}: {verdict}.",
            table(changed) if len(changed) > 1 else "No case changed.",
        ]
    )
