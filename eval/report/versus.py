"""Puts runs of several engines over the same cases side by side: each figure with its interval, on
the cases all of them were asked, and whether a difference is more than chance. Knows runs only by
their folders.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import EvaluationError
from eval.report.page import environment
from eval.report.table import figure_text, p_text, table
from eval.runs import summary
from eval.runs.compare import Change, changes
from eval.runs.figures import FIGURES, FigureName
from eval.runs.files import write_whole
from eval.runs.folder import RunFolder
from eval.runs.score import Score
from eval.runs.summary import Figure, Figures


@dataclass(frozen=True)
class Column:
    """One engine: its run, its figures on the shared cases, and its changes from the first engine."""

    engine: str
    folder: Path
    asked: int
    figures: Figures
    changes: tuple[Change, ...]

    def change(self, name: FigureName) -> Change | None:
        """Return how a figure differs from the first engine's."""
        return next((one for one in self.changes if one.name == name), None)


@dataclass(frozen=True)
class Versus:
    """Several engines over the `n` cases of one file that all of them were asked."""

    cases: str
    n: int
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[FigureName, ...]:
        """The figures that any engine has, in their order."""
        return tuple(name for name in FIGURES if any(name in c.figures for c in self.columns))


def versus(runs: Sequence[RunFolder]) -> tuple[Versus, ...]:
    """Put finished runs side by side, those over the same cases and documents together.

    Raises:
        EvaluationError: a folder holds no finished run, or runs over one file share no case.
    """
    sets: dict[tuple[str, str], list[RunFolder]] = {}
    for run in runs:
        made = run.made()
        sets.setdefault((made.cases_sha256, made.documents_sha256), []).append(run)
    return tuple(_one(group) for group in sets.values())


def versus_text(found: Sequence[Versus]) -> str:
    """Return the tables as the screen shows them, one for each case file."""
    return "\n\n".join(_table(one) for one in found)


def write_versus(found: Sequence[Versus], file: Path) -> None:
    """Write the page that shows the same, with links to each run's own report."""
    template = environment().get_template("versus.html.jinja")
    links = {
        column.folder: os.path.relpath(column.folder / "report.html", file.parent)
        for one in found
        for column in one.columns
    }
    page = template.render(
        sets=found,
        titles={name: named.title for name, named in FIGURES.items()},
        links=links,
        show=figure_text,
        chance=p_text,
        between=_between,
        ahead=_ahead,
    )
    write_whole(file, page)


def _one(runs: Sequence[RunFolder]) -> Versus:
    every: list[dict[str, Score]] = [{score.id: score for score in run.scores()} for run in runs]
    shared = [id for id in every[0] if all(id in scores for scores in every)]
    if not shared:
        names = " and ".join(repr(str(run.path)) for run in runs)
        raise EvaluationError(f"The runs {names} have no case in common; run them on the same.")
    first = [every[0][id] for id in shared]
    columns = []
    for at, (run, scores) in enumerate(zip(runs, every, strict=True)):
        ours = [scores[id] for id in shared]
        moved = changes(first, ours) if at else ()
        name = run.made().engine
        columns.append(Column(name, run.path, len(scores), summary.figures(ours), moved))
    return Versus(runs[0].made().cases, len(shared), tuple(columns))


def _table(one: Versus) -> str:
    first, *others = one.columns
    heading = ["figure", first.engine]
    for column in others:
        heading += [column.engine, "p"]
    rows = [heading]
    for name in one.names:
        cells = [FIGURES[name].title, _cell(name, first.figures.get(name))]
        for column in others:
            change = column.change(name)
            cells += [_cell(name, column.figures.get(name)), p_text(change.p) if change else ""]
        rows.append(cells)
    asked = ", ".join(f"{c.engine} {c.asked}" for c in one.columns)
    return f"{one.cases}: {one.n} cases asked of all (in its own run: {asked})\n\n{table(rows)}"


def _cell(name: FigureName, figure: Figure | None) -> str:
    return f"{figure_text(name, figure)} ({_between(name, figure)})" if figure else "-"


def _between(name: FigureName, figure: Figure) -> str:
    low = figure_text(name, Figure(figure.n, figure.low, 0, 0))
    high = figure_text(name, Figure(figure.n, figure.high, 0, 0))
    return f"{low.removesuffix(' s').removesuffix(' MiB')} to {high}"


def _ahead(one: Versus, column: Column, name: FigureName) -> bool:
    """Tell whether a column is better than the other one by more than chance (p < 0.05)."""
    sign = -1 if FIGURES[name].lower_is_better else 1
    for other in one.columns[1:]:
        change = other.change(name)
        if change is None or change.p >= 0.05:
            continue
        better = sign * (change.after - change.before) > 0
        if (column is other and better) or (column is one.columns[0] and not better):
            return True
    return False
