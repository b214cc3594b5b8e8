"""Compares two runs over the same cases, case by case: which cases changed, by how much the share
of right answers moved, and whether that is more than chance. Knows runs only by their folders.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.errors import EvaluationError
from eval.metrics import chance
from eval.metrics.chance import Interval
from eval.report.table import p_text, table, value_text
from eval.runs.figures import FIGURES, FigureName
from eval.runs.folder import RunFolder
from eval.runs.score import Score


@dataclass(frozen=True)
class Change:
    """One figure over the `n` cases to which it applies in both runs: the means, the bootstrap
    interval of their difference, and the two-sided p-value of the paired randomisation test.
    """

    name: FigureName
    n: int
    before: float
    after: float
    interval: Interval
    p: float


@dataclass(frozen=True)
class Comparison:
    """Run B against run A over the `n` cases both asked.

    `before` and `after` are the shares right, `change` the bootstrap interval of their difference
    and `p` the two-sided p-value of the paired permutation test; `changes` has every other mean.
    """

    n: int
    before: float
    after: float
    change: Interval
    p: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    same_documents: bool = True


def compare(a: RunFolder, b: RunFolder) -> Comparison:
    """Compare two finished runs on the cases they share.

    Raises:
        EvaluationError: a folder holds no finished run, or they share no case.
    """
    first, second = ({case.id: case for case in run.cases()} for run in (a, b))
    scores = [{score.id: score for score in run.scores()} for run in (a, b)]
    was, now = ({id: score.right for id, score in each.items()} for each in scores)
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
        change=chance.mean_interval(moved),
        p=chance.permutation_p(len(gained), len(lost)),
        gained=gained,
        lost=lost,
        changes=changes([scores[0][id] for id in shared], [scores[1][id] for id in shared]),
        same_documents=a.made().documents_sha256 == b.made().documents_sha256,
    )


def changes(before: Sequence[Score], after: Sequence[Score]) -> tuple[Change, ...]:
    """Compare every figure that is a mean, on the cases where it applies in both runs.

    Args:
        before: scores of the earlier run.
        after: scores of the later run, of the same cases in the same order.
    """
    found = []
    for name, named in FIGURES.items():
        of = named.of
        if of is None:
            continue
        pairs = [(of(a), of(b)) for a, b in zip(before, after, strict=True)]
        both = [(float(a), float(b)) for a, b in pairs if a is not None and b is not None]
        if not both:
            continue
        moved = np.asarray([b - a for a, b in both])
        found.append(
            Change(
                name=name,
                n=len(both),
                before=float(np.mean([a for a, _ in both])),
                after=float(np.mean([b for _, b in both])),
                interval=chance.mean_interval(moved),
                p=chance.randomisation_p(moved.tolist()),
            )
        )
    return tuple(found)


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
    figures = [("figure", "n", "first", "second", "change, 95% interval", "p")]
    for one in result.changes:
        moved_by = f"{one.interval.low:+.3f} to {one.interval.high:+.3f}"
        shown = (value_text(one.name, one.before), value_text(one.name, one.after))
        figures.append((FIGURES[one.name].title, str(one.n), *shown, moved_by, p_text(one.p)))
    changed = [("case", "change")]
    changed += [(id, "now right") for id in result.gained]
    changed += [(id, "now wrong") for id in result.lost]
    return "\n\n".join(
        [
            table(rows),
            f"{moved:+.3f} over {result.n} cases (95% interval {interval}), "
            f"p = {result.p:.3f}: {verdict}.",
            table(figures),
            table(changed) if len(changed) > 1 else "No case changed.",
            *([] if result.same_documents else ["The two runs were over different documents."]),
        ]
    )
