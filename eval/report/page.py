"""The report of a run: one self-contained HTML page (no network, dark and light). Prepares what
`report.html.jinja` shows; the template escapes every text. Knows nothing of documents.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.cases import Case
from eval.engines.record import Record
from eval.judging.verdicts import Verdict, verdicts
from eval.metrics import answers
from eval.plots import plots
from eval.runs.figures import FIGURES, FigureName
from eval.runs.folder import Made, RunFolder
from eval.runs.score import Score
from eval.runs.summary import Figure, Figures

TILES: tuple[FigureName, ...] = (
    "right",
    "correct",
    "refused",
    "citation_precision",
    "citation_recall",
    "citation_exact",
    "retrieval_recall",
    "seconds_p50",
)
BARS: tuple[FigureName, ...] = (
    "right",
    "citation_precision",
    "citation_recall",
    "retrieval_recall",
)

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
class Demand:
    """A group of `must_include` as its first alternative, and whether the answer meets it."""

    text: str
    met: bool


@dataclass(frozen=True)
class Row:
    """One case with everything to judge it by."""

    case: Case
    record: Record
    score: Score
    outcome: Outcome
    demands: tuple[Demand, ...]
    verdict: Verdict | None


def folder_page(folder: RunFolder) -> str:
    """Return the page for a finished run, from what its folder holds."""
    scores, records, summary = folder.scores(), folder.answers(), folder.summary()
    by_id = {case.id: case for case in folder.cases()}
    told = {verdict.id: verdict for verdict in verdicts(folder.judged_file)}
    rows = [_row(by_id[s.id], records[s.id], s, told.get(s.id)) for s in scores]
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            summary=summary,
            tiles=[_tile(name, summary.overall[name]) for name in TILES if name in summary.overall],
            divisions=[
                ("kind", _charts("kind", summary.by_kind)),
                ("language", _charts("language", summary.by_language)),
            ],
            plots=plots(scores),
            made=_made(folder.made()),
            rows=rows,
            kinds=list(summary.by_kind),
            languages=list(summary.by_language),
            outcomes=_outcomes(rows),
        )
    )


def environment() -> Environment:
    """Return where the templates of this folder are; they escape every text."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _row(case: Case, record: Record, score: Score, verdict: Verdict | None) -> Row:
    missing = set(answers.unmet(record.answer, case.must_include))
    demands = tuple(Demand(group[0], group not in missing) for group in case.must_include)
    return Row(case, record, score, _outcome(score), demands, verdict)


def _made(made: Made) -> list[tuple[str, str]]:
    """Return what a run was made of, in words; settings that say nothing are left out."""
    rows = [("engine", made.engine), ("cases", f"{made.cases}, sha256 {made.cases_sha256}")]
    rows += [(f"{role} model", name) for role, name in made.models.items()]
    rows += [("commit", ", ".join(made.commits))] if made.commits else []
    rows += [(name, version) for name, version in made.versions.items()]
    rows += [(name.replace("_", " "), v) for name, v in made.settings.items() if v != "None"]
    rows.append(("documents", f"{len(made.documents)}, sha256 {made.documents_sha256}"))
    return rows


def _outcome(score: Score) -> Outcome:
    if score.failed:
        return "failed"
    if score.right:
        return "right"
    return "abstained" if score.abstained and score.answerable else "wrong"


def _outcomes(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Return the outcomes that occur, each with how often."""
    counted = Counter(row.outcome for row in rows)
    return [(o, counted[o]) for o in get_args(Outcome) if counted[o]]


def _tile(name: FigureName, figure: Figure) -> Tile:
    title = FIGURES[name].title
    if FIGURES[name].unit == "seconds":
        note = f"{figure.low:.1f} to {figure.high:.1f} s"
        return Tile(title, f"{figure.value:.1f} s", f"{note}, {figure.n} cases")
    note = f"{100 * figure.low:.0f} to {100 * figure.high:.0f}%, {figure.n} cases"
    return Tile(title, f"{100 * figure.value:.0f}%", note)


def _charts(division: str, groups: Mapping[str, Figures]) -> list[Chart]:
    return [
        Chart(f"{FIGURES[name].title.capitalize()}, by {division}", _bars(name, groups))
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
