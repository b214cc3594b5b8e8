"""The figures of a benchmark: one measure of one part, all of them together, and their table on the
screen. `scoring.py` makes them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from eval.benchmarks.sets import Task
from eval.report.table import table

ALL = "all"


@dataclass(frozen=True)
class Measure:
    """One figure of one part of a set: a share of one, or seconds; `n` questions."""

    task: Task
    name: str
    part: str
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """The figures of a benchmark, as `summary.json` holds them."""

    name: str
    engine: str
    asked: int
    failed: int
    passages: int
    notes: tuple[str, ...]
    measures: tuple[Measure, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    def value(self, task: Task, name: str, part: str = ALL) -> float:
        """Return one figure.

        Raises:
            KeyError: there is none of that name.
        """
        for one in self.measures:
            if (one.task, one.name, one.part) == (task, name, part):
                return one.value
        raise KeyError(f"{task}: {name} ({part})")


def figures_text(found: Figures) -> str:
    """Return the figures as the screen shows them."""
    failed = f", {found.failed} without a result" if found.failed else ""
    over_passages = f" over {found.passages} passages" if found.passages else ""
    rows = [("task", "figure", "part", "n", "value", "95% interval")]
    for one in found.measures:
        shown = f"{one.value:.3f}"
        interval = f"{one.low:.3f} to {one.high:.3f}"
        rows.append((one.task, one.name, one.part, str(one.n), shown, interval))
    heading = f"{found.name}, {found.engine}: {found.asked} asked{over_passages}{failed}"
    return "\n\n".join([heading, table(rows), *found.notes])
