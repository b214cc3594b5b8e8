"""Measures speed and memory, every figure in fresh processes and as the median of several, with
stock LlamaIndex on the same models as the peer in the same run. Works in a new, empty index that
is thrown away; what fails is told beside the figures and the others go on.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from eval.cases import KINDS, Case
from eval.engines import EngineName
from eval.errors import EvaluationError
from eval.process import Finished, Machine, Started
from eval.scale import Point
from eval.speed import TITLES, Bench, Measured, Name
from index import IndexSettings, weights
from index.embedding import Embedding
from index.progress import Bar, progress_bar
from qa import AnsweringSettings

MEBIBYTE = 2**20
SMALL = "qwen2.5-coder-0.5b-instruct"
OF_ENGINE: dict[EngineName, dict[str, Name]] = {
    "footnote": {
        "retrieve": "retrieve",
        "first_sentence": "first_sentence",
        "answer": "answer",
        "repeated": "repeated",
        "at_once": "at_once",
        "peak": "peak_memory",
    },
    "footnote-extractive": {
        "first_sentence": "extractive_first_sentence",
        "answer": "extractive_answer",
        "peak": "extractive_peak_memory",
    },
    "llamaindex": {"answer": "answer", "peak": "peak_memory"},
}


class Processes(Protocol):
    """What runs commands; `eval.process.FreshProcesses` really does."""

    def run(self, arguments: Sequence[str], home: Path) -> Finished:
        """Run a command to its end."""
        ...

    def start(self, arguments: Sequence[str], home: Path, *, models: bool) -> Started:
        """Start the chat page, wait for it, and end it."""
        ...


@dataclass(frozen=True)
class Plan:
    """What to measure: which documents, with which questions, and how often what is repeated."""

    sources: Path
    cases: Path
    questions: int = 8
    runs: int = 3
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    """Passages of the libraries that are searched."""
    local_model: bool = True
    """Whether a language model runs here, whose loading can be waited for."""


def prepare(home: Path, settings: AnsweringSettings) -> bool:
    """Fetch the weights that will be measured, showing bars, where they are not here yet.

    Returns:
        Whether the language model runs on this machine.

    Raises:
        WeightsError: they cannot be fetched.
    """
    places = IndexSettings.from_environment()
    _ = Embedding.of(places).folder
    local = settings.endpoint is None and not settings.extractive
    if local:
        weights.ensure(weights.resolve(settings.model), home=home, folder=places.weights)
    return local


def spread(cases: Sequence[Case], count: int) -> tuple[Case, ...]:
    """Choose answerable cases that need no history, one kind after the other, languages in turn."""
    waiting: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.answerable and not case.history:
            waiting[case.kind, case.lang].append(case)
    languages = sorted({lang for _, lang in waiting})
    chosen: list[Case] = []
    for turn in range(sum(map(len, waiting.values())) * len(languages)):
        for at, kind in enumerate(KINDS):
            group = waiting.get((kind, languages[(at + turn) % len(languages)]))
            if group and len(chosen) < count:
                chosen.append(group.pop(0))
    return tuple(chosen)


def bench(
    plan: Plan, processes: Processes, machine: Machine, *, home: Path, progress: bool = True
) -> Bench:
    """Measure everything and return it.

    Args:
        plan: what to measure.
        processes: what runs the commands.
        machine: what this runs on.
        home: where the weights are; the indexes measured are made and thrown away elsewhere.
        progress: show a bar.

    Raises:
        EvaluationError: nothing at all could be measured.
    """
    with (
        tempfile.TemporaryDirectory(prefix="footnote-bench-") as place,
        progress_bar("Measuring", 7 * plan.runs + len(OF_ENGINE) + 2, progress, unit="step") as bar,
    ):
        measuring = _Measuring(plan, processes, Path(place), home, bar)
        measuring.everything()
    return measuring.result(machine)


class _Measuring:
    """Runs the steps and keeps what each gave."""

    def __init__(self, plan: Plan, processes: Processes, place: Path, home: Path, bar: Bar) -> None:
        self._plan = plan
        self._processes = processes
        self._place = place
        self._weights = home / "models"
        self._bar = bar
        self._ours: dict[Name, list[float]] = defaultdict(list)
        self._peers: dict[Name, list[float]] = defaultdict(list)
        self._problems: list[str] = []
        self._points: tuple[Point, ...] = ()

    def everything(self) -> None:
        plan, home = self._plan, self._home("0")
        for run in range(plan.runs):
            other = self._home(str(run))
            self._step("sync", partial(self._sync, "sync_empty", other))
            self._step("sync again", partial(self._sync, "sync_unchanged", other))
        for _ in range(plan.runs):
            self._step("start", partial(self._start, home))
            self._step("page", partial(self._page, home))
        for engine in OF_ENGINE:
            self._step(f"answers of {engine}", partial(self._ask, engine, home))
        for _ in range(plan.runs):
            self._step("sync of llamaindex", partial(self._sync, "sync_empty", home, "llamaindex"))
        self._step("small model", self._small)
        for run in range(plan.runs):
            other = self._home(f"bulk-{run}")
            self._step("sync of many", partial(self._bulk, other, "footnote"))
            self._step("sync of many, llamaindex", partial(self._bulk, other, "llamaindex"))
        self._step("sizes", self._scale)

    def result(self, machine: Machine) -> Bench:
        figures = {
            name: Measured.of(name, self._ours[name], self._peers[name])
            for name in TITLES
            if self._ours[name]
        }
        problems = tuple(dict.fromkeys(self._problems))
        if not figures:
            raise EvaluationError(f"Nothing could be measured: {' '.join(problems)}")
        return Bench(machine, figures, problems, self._points)

    def _step(self, what: str, step: Callable[[], None]) -> None:
        try:
            step()
        except EvaluationError as error:
            said = str(error).rstrip(".")
            self._problems.append(f"Not measured ({what}): {said}.")
        self._bar.update(1)

    def _home(self, name: str) -> Path:
        """Make a home with an index of its own and the weights that are here already."""
        home = self._place / name
        home.mkdir(exist_ok=True)
        if self._weights.is_dir() and not (home / "models").exists():
            (home / "models").symlink_to(self._weights.resolve(), target_is_directory=True)
        return home

    def _sync(self, name: Name, home: Path, engine: EngineName = "footnote") -> None:
        said = self._processes.run(self._measure("sync", engine), home).said
        into = self._peers if engine == "llamaindex" else self._ours
        into[name].append(float(said["seconds"]))

    def _start(self, home: Path) -> None:
        command = ["qa", "--sources", str(self._plan.sources)]
        started = self._processes.start(command, home, models=self._plan.local_model)
        self._ours["start_to_page"].append(started.page)
        if started.models is not None:
            self._ours["start_to_models"].append(started.models)

    def _page(self, home: Path) -> None:
        said = self._processes.run(self._measure("page", "footnote"), home).said
        for name in TITLES:
            if name.startswith("page_"):
                self._ours[name].append(float(said[name]))

    def _ask(self, engine: EngineName, home: Path) -> None:
        plan = self._plan
        chosen = ["--cases", str(plan.cases), "--questions", str(plan.questions)]
        finished = self._processes.run([*self._measure("ask", engine), *chosen], home)
        into = self._peers if engine == "llamaindex" else self._ours
        for part, name in OF_ENGINE[engine].items():
            peak = [finished.peak / MEBIBYTE]
            into[name] += peak if part == "peak" else map(float, finished.said[part])

    def _small(self) -> None:
        if not weights.is_present(weights.resolve(SMALL), self._weights.parent):
            raise EvaluationError(
                f"its weights are not here; run `python -m index weights --model {SMALL}` first"
            )
        chosen = ["--cases", str(self._plan.cases), "--questions", str(self._plan.questions)]
        command = [*self._measure("ask", "footnote"), *chosen, "--model", SMALL]
        peak = self._processes.run(command, self._home("0")).peak
        self._ours["small_peak_memory"].append(peak / MEBIBYTE)

    def _bulk(self, home: Path, engine: EngineName) -> None:
        said = self._processes.run(self._measure("bulk", engine), home).said
        into = self._peers if engine == "llamaindex" else self._ours
        into["sync_passage"].append(1000 * float(said["seconds"]) / float(said["passages"]))

    def _scale(self) -> None:
        sizes = ["--sizes", *map(str, self._plan.sizes)]
        said = self._processes.run([*self._measure("scale", "footnote"), *sizes], self._home("0"))
        self._points = tuple(Point(**point) for point in said.said["points"])
        largest = self._points[-1]
        self._ours["search_p95"].append(largest.search_p95)
        self._ours["search_missed"].append(100 * (1 - largest.recall))
        self._ours["search_memory"].append(largest.memory_mib)

    def _measure(self, what: str, engine: EngineName) -> list[str]:
        return ["eval", "measure", what, "--engine", engine, "--sources", str(self._plan.sources)]
