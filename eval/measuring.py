"""The steps of a bench, and what each gave: every step is a command in a fresh process. `bench.py`
takes them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Protocol, get_args

from eval.engines import EngineName
from eval.errors import EvaluationError
from eval.process import Finished, Machine, Started
from eval.scale import Point
from eval.speed import TITLES, Bench, Measured, Name
from index import weights

MEBIBYTE = 2**20
SMALL = "qwen2.5-coder-0.5b-instruct"
OF_ENGINE: dict[EngineName, dict[str, Name]] = {
    "footnote": {
        "retrieve": "retrieve",
        "first_quotation": "first_quotation",
        "first_sentence": "first_sentence",
        "answer": "answer",
        "repeated": "repeated",
        "near_repeated": "near_repeated",
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


Part = Literal[
    "sync",  # a few documents, and again
    "start",  # the chat page
    "answers",  # ours, ours by quotation alone, the peer's, and those of the small model
    "bulk",  # several hundred passages at once, and 10,000 files of which none changed
    "sizes",  # search in large libraries
]
PARTS: tuple[Part, ...] = get_args(Part)


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
    parts: tuple[Part, ...] = PARTS


Step = Callable[[], None]


class Measuring:
    """Knows the steps and keeps what each gave."""

    def __init__(self, plan: Plan, processes: Processes, place: Path, home: Path) -> None:
        """Measure in an empty folder, `place`, with the weights that are in `home`."""
        self._plan = plan
        self._processes = processes
        self._place = place
        self._weights = home / "models"
        self._ours: dict[Name, list[float]] = defaultdict(list)
        self._peers: dict[Name, list[float]] = defaultdict(list)
        self._problems: list[str] = []
        self._points: tuple[Point, ...] = ()

    def steps(self) -> list[tuple[str, Step]]:
        """Return what is to be done, in order, each with its name."""
        parts: dict[Part, Callable[[], list[tuple[str, Step]]]] = {
            "sync": self._syncs,
            "start": self._starts,
            "answers": self._answers,
            "bulk": self._bulks,
            "sizes": lambda: [("sizes", self._scale)],
        }
        return [step for part in self._plan.parts for step in parts[part]()]

    def _syncs(self) -> list[tuple[str, Step]]:
        steps: list[tuple[str, Step]] = []
        for run in range(self._plan.runs):
            home = self._home(str(run))
            steps.append(("sync", partial(self._sync, "sync_empty", home)))
            steps.append(("sync again", partial(self._sync, "sync_unchanged", home)))
            peer = partial(self._sync, "sync_empty", home, "llamaindex")
            steps.append(("sync of llamaindex", peer))
        return steps

    def _starts(self) -> list[tuple[str, Step]]:
        home = self._home("0")
        steps = self._indexed(home)
        for _ in range(self._plan.runs):
            steps.append(("start", partial(self._start, home)))
            steps.append(("page", partial(self._page, home)))
        return steps

    def _answers(self) -> list[tuple[str, Step]]:
        home = self._home("0")
        steps = self._indexed(home)
        for engine in OF_ENGINE:
            steps.append((f"answers of {engine}", partial(self._ask, engine, home)))
        return [*steps, ("small model", self._small)]

    def _bulks(self) -> list[tuple[str, Step]]:
        steps: list[tuple[str, Step]] = []
        for run in range(self._plan.runs):
            home = self._home(f"bulk-{run}")
            steps.append(("sync of many", partial(self._bulk, home, "footnote")))
            steps.append(("sync of many, llamaindex", partial(self._bulk, home, "llamaindex")))
        return [*steps, ("unchanged files", self._files)]

    def result(self, machine: Machine) -> Bench:
        """Return what was measured; raises `EvaluationError` where that is nothing."""
        figures = {
            name: Measured.of(name, self._ours[name], self._peers[name])
            for name in TITLES
            if self._ours[name]
        }
        problems = tuple(dict.fromkeys(self._problems))
        if not figures:
            raise EvaluationError(f"Nothing could be measured: {' '.join(problems)}")
        return Bench(machine, figures, problems, self._points)

    def take(self, what: str, step: Step) -> None:
        """Do one step; what fails is told at the end."""
        try:
            step()
        except EvaluationError as error:
            said = str(error).rstrip(".")
            self._problems.append(f"Not measured ({what}): {said}.")

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

    def _indexed(self, home: Path) -> list[tuple[str, Step]]:
        """Return what indexes the documents, so that nothing that is measured does."""
        if "sync" in self._plan.parts:
            return []
        command = self._measure("sync", "footnote")

        def index() -> None:
            self._processes.run(command, home)

        return [("index", index)]

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
        if engine == "llamaindex":
            for first in ("first_quotation", "first_sentence"):
                self._peers[first] += map(float, finished.said["answer"])

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
        finished = self._processes.run(self._measure("bulk", engine), home)
        seconds, passages = (float(finished.said[part]) for part in ("seconds", "passages"))
        into = self._peers if engine == "llamaindex" else self._ours
        into["sync_passage"].append(1000 * seconds / passages)
        into["sync_memory"].append(finished.peak / MEBIBYTE)

    def _files(self) -> None:
        said = self._processes.run(self._measure("files", "footnote"), self._home("0")).said
        self._ours["sync_files"].append(float(said["seconds"]))

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
