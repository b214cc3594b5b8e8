"""Averages scores into figures with confidence intervals: overall, by kind, by language. Makes
`summary.json`; `gate.py` and `compare.py` read it, `eval/report/` shows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np

from eval.cases import KINDS
from eval.judging.verdicts import Judged
from eval.metrics import chance, decisions
from eval.metrics.chance import Interval, Numbers
from eval.runs.figures import FIGURES, FigureName
from eval.runs.score import Score


@dataclass(frozen=True)
class Figure:
    """A value over `n` cases with its 95% bootstrap interval; a share is from 0 to 1."""

    n: int
    value: float
    low: float
    high: float


Figures = dict[FigureName, Figure]


@dataclass(frozen=True)
class Summary:
    """The figures of a run; a figure that applies to no case of a group is left out.

    `notes` say what a reader of the figures must know, such as documents that are missing.
    """

    cases: str
    cases_sha256: str
    engine: str
    n: int
    of: int
    failed: int
    overall: Figures
    by_kind: dict[str, Figures]
    by_language: dict[str, Figures]
    judge: Judged | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, as `summary.json` holds it."""
        return asdict(self)

    @classmethod
    def read(cls, fields: dict[str, Any]) -> "Summary":
        """Read the JSON form back.

        Raises:
            KeyError or TypeError: it is not one.
        """
        groups = {
            name: {group: _figures(rows) for group, rows in fields[name].items()}
            for name in ("by_kind", "by_language")
        }
        told = fields.get("judge")
        read = {
            "overall": _figures(fields["overall"]),
            "judge": Judged.read(told) if told else None,
            "notes": tuple(fields.get("notes", ())),
        }
        return cls(**(fields | groups | read))


def figures(scores: Sequence[Score]) -> Figures:
    """Return every figure that applies to at least one of the scores."""
    made: Figures = {}
    for name, named in FIGURES.items():
        values = [float(v) for v in map(named.of, scores) if v is not None] if named.of else []
        if values:
            known = np.asarray(values)
            interval = chance.mean_interval(known)
            made[name] = Figure(len(known), float(known.mean()), interval.low, interval.high)
    made.update(_calibration(scores))
    made.update(_memory([s.memory for s in scores if s.memory is not None]))
    made.update(_abstention([s for s in scores if not s.failed]))
    seconds = [s.seconds for s in scores if s.seconds is not None]
    first = [s.first_sentence for s in scores if s.first_sentence is not None]
    made.update(_percentile("seconds_p50", seconds, 0.5))
    made.update(_percentile("seconds_p95", seconds, 0.95))
    made.update(_percentile("first_sentence_p50", first, 0.5))
    return {name: made[name] for name in FIGURES if name in made}


def by_kind(scores: Sequence[Score]) -> dict[str, Figures]:
    """Return the figures of every kind that occurs, in the order of `Kind`."""
    groups = {kind: [s for s in scores if s.kind == kind] for kind in KINDS}
    return {kind: figures(group) for kind, group in groups.items() if group}


def by_language(scores: Sequence[Score]) -> dict[str, Figures]:
    """Return the figures of every language that occurs, in alphabetical order."""
    languages = sorted({s.lang for s in scores})
    return {lang: figures([s for s in scores if s.lang == lang]) for lang in languages}


def _figures(rows: dict[str, Any]) -> Figures:
    return {cast(FigureName, name): Figure(**row) for name, row in rows.items()}


def _figure(rows: Numbers, statistic: Callable[[Numbers], float]) -> Figure:
    interval: Interval = chance.bootstrap(rows, statistic)
    return Figure(len(rows), statistic(rows), interval.low, interval.high)


def _percentile(name: FigureName, seconds: Sequence[float], share: float) -> Figures:
    if not seconds:
        return {}
    values = np.asarray(seconds)
    interval = chance.percentile_interval(values, share)
    value = chance.percentile(seconds, share)
    return {name: Figure(len(values), value, interval.low, interval.high)}


def _calibration(scores: Sequence[Score]) -> Figures:
    """Score the verifier's probabilities; cases are drawn whole, because sentences go together."""
    told = [s for s in scores if s.grounding]
    if not told:
        return {}

    def error(rows: Numbers) -> float:
        chosen = [told[int(at)] for at in rows]
        given = [p for s in chosen for p in s.grounding]
        true = [t for s in chosen for t in s.grounded_right]
        return decisions.calibration_error(decisions.calibration(given, true))

    return {"calibration_error": _figure(np.arange(len(told), dtype=np.float64), error)}


def _memory(held: Sequence[float]) -> Figures:
    """Return the highest; a highest value has no interval."""
    return {"memory": Figure(len(held), max(held), max(held), max(held))} if held else {}


def _abstention(scores: Sequence[Score]) -> Figures:
    """Score abstaining as a decision; it needs cases of both sorts to mean anything."""
    if len({s.answerable for s in scores}) < 2:
        return {}
    rows = np.asarray([[s.abstained, not s.answerable] for s in scores], dtype=np.float64)

    def part(rows: Numbers, name: str) -> float:
        found = decisions.detection((rows[:, 0] > 0).tolist(), (rows[:, 1] > 0).tolist())
        return float(getattr(found, name))

    return {
        "abstention_precision": _figure(rows, lambda r: part(r, "precision")),
        "abstention_recall": _figure(rows, lambda r: part(r, "recall")),
        "abstention_f1": _figure(rows, lambda r: part(r, "f1")),
    }
