"""Finds the parts of the room, runs them one after the other, and writes down what they lost."""

import importlib
import json
import pkgutil
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.torture.part import Part, Row, Size, Torture

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"


@dataclass(frozen=True)
class Result:
    """A row with the part it is of and the seconds since the part's last row."""

    part: str
    row: Row
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "what": self.row.what,
            "times": self.row.times,
            "lost": self.row.lost,
            "losses": list(self.row.losses),
            "figures": dict(self.row.figures),
            "seconds": round(self.seconds, 1),
        }


def parts() -> dict[str, Part]:
    """Return every module of this folder that has a `PART`, by name."""
    found = {}
    for module in pkgutil.iter_modules([str(HERE)]):
        if module.name == "__main__":
            continue
        part = getattr(importlib.import_module(f"tests.torture.{module.name}"), "PART", None)
        if part is not None:
            found[module.name] = part
    return found


def torture(
    name: str, part: Part, size: Size, seed: int, tick: Callable[..., object] = lambda steps=1: None
) -> Iterator[Result]:
    """Run one part in a folder of its own; yield its rows."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"footnote-{name}-") as folder:
        given = Torture(size, Path(folder), random.Random(f"{seed}-{name}"), tick)
        for row in part.run(given):
            now = time.monotonic()
            yield Result(name, row, now - began)
            began = now


def write(results: Sequence[Result], file: Path, *, size: Size, seed: int) -> None:
    """Write what was tried and lost as JSON."""
    rows = [result.as_json() for result in results]
    whole = {"size": size, "seed": seed, "rows": rows}
    file.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def accept(results: Iterable[Result], file: Path = FIGURES) -> None:
    """Put the rows of the parts that were run into the figures that the README is made from."""
    results = list(results)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    anew = {result.part for result in results}
    rows = [row for row in kept if row["part"] not in anew]
    rows += [
        {key: value for key, value in result.as_json().items() if key != "losses"}
        for result in results
    ]
    rows.sort(key=lambda row: row["part"])  # stable: the rows of a part stay in their order
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows under the first one; words to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rule = ["-" * width for width in widths]
    lines = [
        "  ".join(
            cell.rjust(width) if row[i].replace(",", "").isdigit() else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [rows[0], rule, *rows[1:]]
    ]
    return "\n".join(lines)
