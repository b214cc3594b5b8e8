"""Runs a benchmark into a folder: what is finished is kept and never done again. `asking.py` does
the work, `scoring.py` the figures.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]  # it ships no types

from eval.benchmarks import asking, scoring
from eval.benchmarks.asking import Desk, Row
from eval.benchmarks.figures import ALL, Figures, Measure
from eval.benchmarks.held import Held
from eval.benchmarks.models import Models, Tools, counter
from eval.benchmarks.sets import Claim, Question, Set, Task, some
from eval.benchmarks.shelf import Shelf, cut
from eval.engines import Setup
from eval.engines.patience import PATIENCE, PatientEngine
from eval.engines.record import Record
from eval.errors import EvaluationError
from eval.runs.files import append_line, write_whole
from eval.runs.folder import RunFolder
from index.progress import SyncBar
from qa import AnsweringSettings


@dataclass(frozen=True)
class Terms:
    """How much of a benchmark to run: `limit` questions or claims, over at least those passages they
    need and `passages` altogether; `None` means all.
    """

    limit: int | None = None
    passages: int | None = None
    tasks: tuple[Task, ...] | None = None
    patience: float = PATIENCE


def benchmark(
    spec: Set,
    out: Path,
    setup: Setup | None,
    terms: Terms | None = None,
    *,
    tools: Tools | None = None,
    progress: bool = True,
) -> Figures:
    """Run a benchmark, or what is left of it, and return its figures.

    Args:
        spec: the set.
        out: the folder of this run, made where it does not exist.
        setup: the engine that answers; `None` leaves answering out.
        terms: how much of it.
        tools: what opens the models.
        progress: show bars.

    Raises:
        EvaluationError: the folder holds another run or is in use, the disk is full, or nothing at
            all could be done.
        FootnoteError: a model or the index cannot be opened.
    """
    chosen = terms or Terms()
    if not set(chosen.tasks or spec.tasks) & set(spec.tasks):
        message = f"The benchmark {spec.name!r} has no task {' or '.join(chosen.tasks or ())}"
        raise EvaluationError(f"{message}; it has {', '.join(spec.tasks)}.")
    with RunFolder(out).locked():
        Held(out).begin(spec, setup, passages=chosen.passages, limit=chosen.limit)
        run = _Run(spec, out, setup, chosen, tools or Models(), progress)
        run.everything()
        figures = run.figures()
        if not figures.measures:
            raise EvaluationError(
                f"Nothing of {spec.name!r} could be measured: {run.first_error()}"
            )
        text = json.dumps(figures.as_json(), ensure_ascii=False, indent=2)
        write_whole(out / "summary.json", text + "\n")
        lines = (json.dumps(item, ensure_ascii=False) + "\n" for item in run.items())
        write_whole(out / "items.jsonl", "".join(lines))
        run.clear()
        return figures


class _Run:
    """One benchmark at work."""

    def __init__(
        self, spec: Set, out: Path, setup: Setup | None, terms: Terms, tools: Tools, progress: bool
    ) -> None:
        self.spec, self.out, self.setup, self.terms = spec, out, setup, terms
        self.tools, self.progress = tools, progress
        self.held = Held(out)
        wanted = terms.tasks or spec.tasks
        self.tasks = [t for t in spec.tasks if t in wanted and (setup or t != "answering")]
        self.questions = some(spec.questions, terms.limit)
        self.claims = some(spec.claims, terms.limit)
        self.passages = {p.id: p for p in cut(spec.passages, self.questions, terms.passages)}
        self.shelf = Shelf(out / "passages", list(self.passages.values()))
        self.settings = AnsweringSettings.from_environment()
        self.places: list[Path] = []

    def everything(self) -> None:
        local: dict[Task, Sequence[Question] | Sequence[Claim]] = {
            "reading": self.questions, "ranking": self.questions, "grounding": self.claims,
        }  # fmt: skip
        left = {t: self._left(t, local[t]) for t in self.tasks if t in local}
        if any(left.values()):
            with self._desk("ranking" in left and bool(left["ranking"])) as desk:
                for task, items in left.items():
                    self._each(task, items, self._worker(task, desk))
        if "answering" in self.tasks:
            self._answer()

    def _worker(self, task: Task, desk: Desk) -> Callable[[Any], Row]:
        if task == "reading":
            return lambda q: asking.read_given(desk, q, self.passages[q.given])
        if task == "ranking":
            return lambda q: asking.rank(desk, q)
        return lambda claim: asking.check(desk, claim)

    @contextmanager
    def _desk(self, search: bool) -> Iterator[Desk]:
        """Open reader and index; passages are indexed only where something will be searched."""
        self.shelf.fill()
        with self.tools.index(self.shelf.folder) as index:
            self.places.append(index.location)
            if search:
                with SyncBar() as bar:
                    index.sync(bar if self.progress else None)
            reader = self.tools.reader(index)
            yield Desk(reader, counter(index.embedding), self.settings, index, self.shelf)

    def _left(self, task: Task, items: Sequence[Question] | Sequence[Claim]) -> list[Any]:
        done = {id for id, row in self.held.rows(task).items() if "error" not in row}
        return [item for item in items if item.id not in done]

    def _each(self, task: Task, items: Sequence[Any], work: Callable[[Any], Row]) -> None:
        for item in tqdm(items, desc=task.capitalize(), disable=not self.progress, smoothing=0.1):
            try:
                row = work(item)
            except Exception as error:  # one item's failure must not end the run
                row = {"id": item.id, "error": f"{type(error).__name__}: {error}"}
            append_line(self.held.file(task), json.dumps(row, ensure_ascii=False))

    def _answer(self) -> None:
        assert self.setup is not None
        left = self._left("answering", self.questions)
        if not left:
            return
        self.shelf.fill()
        with self.tools.index(self.shelf.folder) as index:
            self.places.append(index.location)
        with PatientEngine(self.setup, self.shelf.folder, self.terms.patience) as engine:
            for q in tqdm(left, desc="Answering", disable=not self.progress, smoothing=0.1):
                record = ask(engine, q, [self.shelf.file(id) for id in q.among] or None)
                append_line(self.held.file("answering"), record.line())

    def figures(self) -> Figures:
        measures: list[Measure] = []
        every = {task: self.held.rows(task) for task in self.tasks}
        records = self._records()
        for part in scoring.parts_of(self.questions or self.claims):
            asked = [q for q in self.questions if part in (ALL, q.part)]
            claims = [c for c in self.claims if part in (ALL, c.part)]
            measures += scoring.reading(
                asked, every.get("reading", {}), part, self.settings.answered_at_least
            )
            measures += scoring.ranked(asked, every.get("ranking", {}), part)
            measures += scoring.answered(asked, records, part, self.spec.letters, self.shelf.file)
            measures += scoring.grounded(claims, every.get("grounding", {}), part)
        order = {task: at for at, task in enumerate(self.tasks)}
        measures.sort(key=lambda one: (one.part != ALL, one.part, order[one.task]))
        failed = {id for rows in every.values() for id, row in rows.items() if "error" in row}
        notes = self.spec.notes
        if self.terms.passages and len(self.passages) < len(self.spec.passages):
            notes += (f"Only {len(self.passages)} of {len(self.spec.passages)} passages were searched,"
                      " so retrieval is easier than in published figures.",)  # fmt: skip
        return Figures(
            name=self.spec.name,
            engine=self.setup.name if self.setup else "no engine",
            asked=len(self.questions) + len(self.claims),
            failed=len(failed),
            passages=len(self.passages),
            notes=notes,
            measures=tuple(measures),
        )

    def items(self) -> Iterator[Row]:
        """Yield what was asked and what would be right, for the report."""
        records, letters = self._records(), self.spec.letters
        for q in self.questions:
            record = records.get(q.id)
            right = record and (
                scoring.holds(q, record, letters) if q.answerable else record.abstained
            )
            wanted = " + ".join(" / ".join(group) for group in q.golds)
            relevant = [id for id, gain in q.relevant.items() if gain > 0]
            ranks_only = "answering" not in self.spec.tasks and not q.golds
            yield {"id": q.id, "part": q.part, "text": q.text, "answerable": q.answerable,
                   "wanted": wanted or (", ".join(relevant) if ranks_only else "no answer"),
                   "relevant": relevant, "supported": None, "right": right}  # fmt: skip
        for c in self.claims:
            yield {"id": c.id, "part": c.part, "text": c.text, "answerable": True,
                   "wanted": "supported" if c.supported else "not supported", "relevant": [],
                   "supported": c.supported, "right": None}  # fmt: skip

    def _records(self) -> dict[str, Record]:
        rows = self.held.rows("answering") if "answering" in self.tasks else {}
        return {
            id: Record.read(json.dumps(row | {"error": row.get("error")}))
            for id, row in rows.items()
        }

    def first_error(self) -> str:
        """Return why the first item failed."""
        for task in self.tasks:
            for row in self.held.rows(task).values():
                if "error" in row:
                    return str(row["error"])
        return "no question fits"

    def clear(self) -> None:
        """Delete the passages and their index, which a finished run needs no more."""
        self.shelf.clear()
        for place in self.places:
            shutil.rmtree(place, ignore_errors=True)


def ask(engine: PatientEngine, question: Question, files: Sequence[str] | None) -> Record:
    """Ask an engine one question; a failure is put on record."""
    start = time.perf_counter()
    try:
        if files is None:
            reply = engine.do(lambda opened: opened.ask(question.text))
        else:
            reply = engine.do(lambda opened: opened.ask(question.text, paths=files))
    except EvaluationError:  # the run cannot go on
        raise
    except Exception as error:  # one question's failure must not end the run
        message = f"{type(error).__name__}: {error}"
        return Record.failure(question.id, message, time.perf_counter() - start)
    record = Record.of(question.id, reply, time.perf_counter() - start)
    return replace(record, passages=())  # ranking keeps those
