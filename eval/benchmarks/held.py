"""The folder of a benchmark: `benchmark.json` (what was run), one file of rows for each task,
`summary.json`. Refuses to mix two runs; a row that a kill left unfinished is cut off.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.benchmarks.asking import Row
from eval.benchmarks.sets import Set, Task
from eval.engines import Setup
from eval.errors import EvaluationError
from eval.runs import provenance
from eval.runs.files import mend, read_json, read_rows, write_whole
from qa import AnsweringSettings

# What reading, ranking and grounding depend on, whichever engine answers.
THRESHOLDS = ("answered_at_least", "entailed_at_least")


class Held:
    """What a benchmark's folder holds."""

    def __init__(self, out: Path) -> None:
        """Name the folder."""
        self.out = out

    def file(self, task: Task) -> Path:
        """Return the file of a task's rows."""
        return self.out / f"{task}.jsonl"

    def rows(self, task: Task) -> dict[str, Row]:
        """Return the rows of a task so far; of two for one item the later counts."""
        path = self.file(task)
        mend(path)
        rows = read_rows(path, _row, "row of a benchmark")
        return {row["id"]: row for row in rows}

    def begin(
        self, spec: Set, setup: Setup | None, *, passages: int | None, limit: int | None
    ) -> None:
        """Start, or go on with a run that was made of the same.

        Raises:
            EvaluationError: the folder holds a run of something else.
        """
        reading = AnsweringSettings.from_environment()
        made: dict[str, Any] = {
            "benchmark": spec.name,
            "sha256": spec.sha256,
            "engine": setup.name if setup else None,
            "settings": {name: str(getattr(reading, name)) for name in THRESHOLDS}
            | (setup.settings if setup else {}),
            "models": provenance.models_of(replace(reading, extractive=True))
            | (setup.models if setup else {}),
            "passages": [passages, limit] if passages else None,
        }
        held = self.out / "benchmark.json"
        if held.exists() or (self.out / "run.json").exists():
            before: Mapping[str, Any] = read_json(held) if held.exists() else {}
            changed = [name for name in made if before.get(name) != made[name]]
            if changed:
                message = (
                    f"The folder {str(self.out)!r} holds a run with other {' and '.join(changed)}"
                )
                raise EvaluationError(f"{message}; name a new folder with --out.")
        more = {"commit": provenance.commit(), "versions": provenance.versions()}
        write_whole(held, json.dumps(made | more, ensure_ascii=False, indent=2) + "\n")


def _row(line: str) -> Row:
    row: Row = json.loads(line)
    kept = {k: v for k, v in row.items() if not (k == "error" and v is None)}
    return kept | {"id": row["id"]}
