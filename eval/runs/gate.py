"""The gate: compares a finished run with the figures accepted before, and fails when one of them
fell. `accepted.json` is kept with the project, one entry per case file. Knows runs only by their
summary.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from eval.errors import EvaluationError
from eval.report.table import table
from eval.runs.figures import FIGURES, GATED, FigureName
from eval.runs.summary import Summary

TOLERANCE = 2.0  # points of a hundred: what noise of the hardware's arithmetic may move
STRICT: tuple[FigureName, ...] = ("citation_exact",)  # a promise, so no fall is tolerated


@dataclass(frozen=True)
class Row:
    """One figure: accepted and now, as points of a hundred; `now` is `None` if it is gone."""

    name: FigureName
    accepted: float
    now: float | None

    @property
    def passes(self) -> bool:
        """Whether the figure fell by no more than is tolerated."""
        tolerated = 0.0 if self.name in STRICT else TOLERANCE
        # Rounded, because 88.0 - 90.0 in floating point may fall just short of -2.
        return self.now is not None and round(self.now - self.accepted, 6) >= -tolerated


def judge(summary: Summary, accepted_file: Path) -> tuple[Row, ...]:
    """Compare a run with the accepted figures of its case file.

    Raises:
        EvaluationError: nothing was accepted for these cases, or for another number or version of
            them, so that the figures cannot be compared.
    """
    entry = _read(accepted_file).get(summary.cases)
    if entry is None:
        message = f"No figures are accepted for {summary.cases!r} in {str(accepted_file)!r}"
        raise EvaluationError(f"{message}; accept this run's with --accept.")
    for field, now in (("cases_sha256", summary.cases_sha256), ("n", summary.n)):
        if entry.get(field) != now:
            message = f"The figures accepted for {summary.cases!r} belong to other cases ({field} "
            message += f"was {entry.get(field)!r}, is {now!r})"
            raise EvaluationError(f"{message}; run all cases, or accept anew with --accept.")
    figures = cast(dict[FigureName, float], entry["figures"])
    return tuple(
        Row(name, figures[name], _points(summary, name)) for name in GATED if name in figures
    )


def accept(summary: Summary, accepted_file: Path) -> None:
    """Write a run's figures as the accepted ones of its case file; other files' entries stay.

    Raises:
        EvaluationError: the run did not ask every case, some failed, or the file is not ours.
    """
    if summary.n < summary.of or summary.failed:
        message = f"The run asked {summary.n} of {summary.of} cases and {summary.failed} failed"
        raise EvaluationError(f"{message}; finish it with `python -m eval run` and accept then.")
    held = _read(accepted_file) if accepted_file.exists() else {}
    held[summary.cases] = {
        "cases_sha256": summary.cases_sha256,
        "n": summary.n,
        "engine": summary.engine,
        "figures": {name: _points(summary, name) for name in GATED if name in summary.overall},
    }
    text = json.dumps(dict(sorted(held.items())), ensure_ascii=False, indent=2)
    accepted_file.write_text(text + "\n", encoding="utf-8")


def gate_text(rows: tuple[Row, ...]) -> str:
    """Return the comparison as the screen shows it."""
    cells = [("figure", "accepted", "now", "change", "")]
    for row in rows:
        now = "-" if row.now is None else f"{row.now:.1f}"
        change = "gone" if row.now is None else f"{row.now - row.accepted:+.1f}"
        verdict = "ok" if row.passes else "FELL"
        cells.append((FIGURES[row.name].title, f"{row.accepted:.1f}", now, change, verdict))
    return table(cells)


def _points(summary: Summary, name: FigureName) -> float | None:
    figure = summary.overall.get(name)
    return None if figure is None else round(100 * figure.value, 3)


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The accepted figures {str(path)!r} cannot be read ({error})"
        raise EvaluationError(f"{message}; make them with --accept.") from error
    if not isinstance(held, dict):
        message = f"The accepted figures {str(path)!r} are no JSON object"
        raise EvaluationError(f"{message}; delete the file and make it with --accept.")
    return held
