"""The report of a run: one self-contained HTML page (no network, dark and light). Prepares what
`report.html.jinja` shows; the template escapes every text. Knows nothing of documents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.cases import Case
from eval.folder import RunFolder
from eval.record import Record
from eval.score import Score
from eval.summary import Figure, FigureName, Figures, Summary
from eval.table import TITLES, is_seconds

TILES: tuple[FigureName, ...] = (
    "right",
    "correct",
    "refused",
    "citation_precision",
    "citation_recall",
    "citation_exact",
    "language",
    "seconds_p50",
)
BARS: tuple[FigureName, ...] = ("right", "citation_precision", "citation_recall")

Outcome = Literal[
    "right",  # as it should be
    "wrong",  # answered, but not right
    "abstained",  # abstained where the documents answer
    "failed",  # no reply
]


@dataclass(frozen=True)
class Tile:
    """One figure in large type."""

    title: str
    value: str
    note: str


@dataclass(frozen=True)
class Bar:
    """One bar: percentages from 0 to 100 for its length and its interval."""

    label: str
    n: int
    value: str
    percent: float
    low: float
    high: float


@dataclass(frozen=True)
class Chart:
    """Bars of one figure over the groups of one division."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Row:
    """One case with everything to judge it by."""

    case: Case
    record: Record
    score: Score
    outcome: Outcome


def page(
    summary: Summary,
    cases: Sequence[Case],
    records: Mapping[str, Record],
    scores: Sequence[Score],
) -> str:
    """Return the page for a run.

    Args:
        summary: its figures.
        cases: the cases that have an answer.
        records: the answers by case.
        scores: the scores, in the order of `cases`.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rows = [
        Row(case, records[case.id], score, _outcome(score))
        for case, score in zip(cases, scores, strict=True)
    ]
    return environment.get_template("report.html.jinja").render(
        summary=summary,
        tiles=[_tile(name, summary.overall[name]) for name in TILES if name in summary.overall],
        charts=_charts("kind", summary.by_kind) + _charts("language", summary.by_language),
        rows=rows,
        kinds=list(summary.by_kind),
        languages=list(summary.by_language),
        outcomes=[o for o in ("right", "wrong", "abstained", "failed") if _any(rows, o)],
    )


def folder_page(folder: RunFolder) -> str:
    """Return the page for a finished run, from what its folder holds."""
    scores, by_id = folder.scores(), {case.id: case for case in folder.cases()}
    return page(folder.summary(), [by_id[s.id] for s in scores], folder.answers(), scores)


def _outcome(score: Score) -> Outcome:
    if score.failed:
        return "failed"
    if score.right:
        return "right"
    return "abstained" if score.abstained and score.answerable else "wrong"


def _any(rows: Sequence[Row], outcome: str) -> bool:
    return any(row.outcome == outcome for row in rows)


def _tile(name: FigureName, figure: Figure) -> Tile:
    title = TITLES[name]
    if is_seconds(name):
        note = f"{figure.low:.1f} to {figure.high:.1f} s"
        return Tile(title, f"{figure.value:.1f} s", f"{note}, {figure.n} cases")
    note = f"{100 * figure.low:.0f} to {100 * figure.high:.0f}%, {figure.n} cases"
    return Tile(title, f"{100 * figure.value:.0f}%", note)


def _charts(division: str, groups: Mapping[str, Figures]) -> list[Chart]:
    return [
        Chart(f"{TITLES[name].capitalize()}, by {division}", _bars(name, groups))
        for name in BARS
        if any(name in figures for figures in groups.values())
    ]


def _bars(name: FigureName, groups: Mapping[str, Figures]) -> tuple[Bar, ...]:
    found = ((group, figures[name]) for group, figures in groups.items() if name in figures)
    return tuple(
        Bar(
            label=group.replace("_", " "),
            n=figure.n,
            value=f"{100 * figure.value:.0f}%",
            percent=round(100 * figure.value, 1),
            low=round(100 * figure.low, 1),
            high=round(100 * figure.high, 1),
        )
        for group, figure in found
    )
