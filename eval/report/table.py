"""Plain tables for the screen, where a Hangul letter is two columns wide, and the words for
figures. Returns texts; `__main__.py` prints them.
"""

import unicodedata
from collections.abc import Sequence

from eval.judging.verdicts import judged_text
from eval.runs.figures import FIGURES, FigureName
from eval.runs.summary import Figure, Figures, Summary

NARROW: dict[FigureName, str] = {
    "right": "right",
    "answered": "answered",
    "citation_precision": "cit.prec",
    "citation_recall": "cit.rec",
    "citation_exact": "exact",
    "language": "language",
    "seconds_p50": "p50",
    "seconds_p95": "p95",
}


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows under the first one as a heading; the first column is left-aligned.

    >>> print(table([("kind", "n"), ("서울", "12")]))
    kind   n
    ----  --
    서울  12
    """
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * w for w in widths], widths), *lines[1:]])


def value_text(name: FigureName, value: float) -> str:
    """Return a value as shown: amounts with their unit, shares with three decimals."""
    unit = FIGURES[name].unit
    if unit == "seconds":
        return f"{value:.2f} s"
    if unit == "MiB":
        return f"{value:.0f} MiB"
    return f"{value:.1f}" if unit == "count" else f"{value:.3f}"


def figure_text(name: FigureName, figure: Figure) -> str:
    """Return the value of a figure as shown."""
    return value_text(name, figure.value)


def p_text(p: float) -> str:
    """Return a p-value as shown."""
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def summary_text(summary: Summary) -> str:
    """Return the whole summary as the screen shows it."""
    asked = f"{summary.n} of {summary.of} cases of {summary.cases}"
    failed = f", {summary.failed} failed" if summary.failed else ""
    figures = [("figure", "n", "value", "95% interval")]
    figures += [_figure_row(name, figure) for name, figure in summary.overall.items()]
    return "\n\n".join(
        [
            f"{summary.engine}: {asked}{failed}",
            table(figures),
            _groups("kind", summary.by_kind),
            _groups("language", summary.by_language),
            *([judged_text(summary.judge)] if summary.judge else []),
            *summary.notes,
        ]
    )


def _figure_row(name: FigureName, figure: Figure) -> tuple[str, str, str, str]:
    digits = 3 if FIGURES[name].unit in ("share", "seconds") else 0
    interval = f"{figure.low:.{digits}f} to {figure.high:.{digits}f}"
    return FIGURES[name].title, str(figure.n), value_text(name, figure.value), interval


def _groups(heading: str, groups: dict[str, Figures]) -> str:
    rows: list[tuple[str, ...]] = [(heading, "n", *NARROW.values())]
    for group, figures in groups.items():
        cells = (f"{figures[name].value:.2f}" if name in figures else "-" for name in NARROW)
        rows.append((group, str(figures["right"].n), *cells))
    return table(rows)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
