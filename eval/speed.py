"""The figures of speed and memory: their names, medians and ratios, and how `bench.json` and the
screen show them. `bench.py` measures them.
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from eval.errors import EvaluationError
from eval.process import Machine
from eval.report.table import table
from eval.scale import Point

Name = Literal[
    "start_to_page",  # `python -m qa` until the page answers; weights and index are there
    "start_to_models",  # the same until questions can be answered
    "page_interactive",  # from opening its address until a question can be typed and sent
    "page_recall",  # until a conversation of 200 messages is there
    "page_mark",  # from the click until the quotation is in sight, in a document of 500 pages
    "page_key",  # the slowest letter typed then, from the key until it is painted
    "page_turn",  # from Enter until the new question is in that conversation
    "sync_empty",  # all documents into an empty index; the embedding model is loaded
    "sync_unchanged",  # the same folder again, in a new process
    "sync_files",  # a folder of 10,000 files of which none changed
    "sync_passage",  # a passage of several hundred; the peer is LlamaIndex's IngestionPipeline
    "retrieve",  # passages for a question
    "first_quotation",  # until the first quotation or sentence; the peer shows its whole answer at once
    "first_sentence",  # until the first sentence that is written
    "answer",  # the whole answer
    "repeated",  # the same question again
    "near_repeated",  # the same in other letter case, blanks and punctuation
    "at_once",  # an answer when four people ask at once, on average
    "extractive_first_sentence",  # the same questions, by quotation alone
    "extractive_answer",
    "peak_memory",  # resident, all processes together, while answering
    "extractive_peak_memory",
    "small_peak_memory",  # with the small language model
    "sync_memory",  # resident at most while several hundred passages are embedded
    "search_p95",  # beyond the question's embedding, in the largest library measured
    "search_missed",  # of the ten nearest passages there, the share that is not found
    "search_memory",  # of that process, once it has let go of the model
]
TITLES: dict[Name, str] = {
    "start_to_page": "start to page",
    "start_to_models": "start to models loaded",
    "page_interactive": "page, until it can be used",
    "page_recall": "page, 200 messages recalled",
    "page_mark": "page, click to mark in 500 pages",
    "page_key": "page, slowest letter typed",
    "page_turn": "page, question sent",
    "sync_empty": "sync, empty index",
    "sync_unchanged": "sync, nothing changed",
    "sync_files": "sync, 10,000 unchanged files",
    "sync_passage": "sync, a passage of many",
    "retrieve": "retrieval",
    "first_quotation": "first verified quotation",
    "first_sentence": "first verified sentence",
    "answer": "whole answer",
    "repeated": "repeated question",
    "near_repeated": "nearly repeated question",
    "at_once": "answer, four asking at once",
    "extractive_first_sentence": "first sentence, extractive",
    "extractive_answer": "whole answer, extractive",
    "peak_memory": "peak memory",
    "extractive_peak_memory": "peak memory, extractive",
    "small_peak_memory": "peak memory, small model",
    "sync_memory": "peak memory of a sync",
    "search_p95": "search, largest library, p95",
    "search_missed": "search, nearest missed",
    "search_memory": "search, memory",
}


UNITS: dict[Name, str] = {"sync_passage": "ms", "search_p95": "ms", "search_missed": "%"}


@dataclass(frozen=True)
class Measured:
    """The median of a figure in `unit`, and of the same for the peer; less is better."""

    value: float
    unit: str
    peer: float | None = None

    @classmethod
    def of(cls, name: Name, ours: Sequence[float], peers: Sequence[float]) -> "Measured":
        """Return the medians of what was measured, at least one of ours.

        Args:
            name: the figure; memory is in MiB, what `UNITS` does not name in seconds.
            ours: what we took, by run or question.
            peers: what the peer took for the same; none where it has no such thing.
        """
        unit = "MiB" if name.endswith("memory") else UNITS.get(name, "s")
        peer = round(statistics.median(peers), 3) if peers else None
        return cls(round(statistics.median(ours), 3), unit, peer)

    @property
    def ratio(self) -> float | None:
        """How many times as much the peer takes; above 1 we are better."""
        return None if self.peer is None or self.value <= 0 else round(self.peer / self.value, 3)


@dataclass(frozen=True)
class Bench:
    """Everything measured. `problems` says in a sentence each what could not be."""

    machine: Machine
    figures: dict[Name, Measured]
    problems: tuple[str, ...]
    sizes: tuple[Point, ...] = ()
    """The library at several sizes; `curve.py` draws them."""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, as `bench.json` holds it."""
        figures = {name: asdict(m) | {"ratio": m.ratio} for name, m in self.figures.items()}
        machine = asdict(self.machine)
        return {
            "machine": machine,
            "figures": figures,
            "problems": list(self.problems),
            "sizes": [point.as_json() for point in self.sizes],
        }


def bench_text(bench: Bench) -> str:
    """Return the figures as the screen shows them."""
    m = bench.machine
    rows: list[tuple[str, ...]] = [("figure", "Footnote", "LlamaIndex", "ratio")]
    for name, figure in bench.figures.items():
        peer = "-" if figure.peer is None else _shown(figure.peer, figure.unit)
        ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
        rows.append((TITLES[name], _shown(figure.value, figure.unit), peer, ratio))
    machine = f"{m.cpu}, {m.cores} cores, {m.memory_gib:.1f} GiB, Python {m.python}"
    return "\n".join([machine, "", table(rows), *("\n" + problem for problem in bench.problems)])


def write_bench(bench: Bench, file: Path) -> None:
    """Write `bench.json`.

    Raises:
        EvaluationError: the file cannot be written.
    """
    text = json.dumps(bench.as_json(), ensure_ascii=False, indent=2) + "\n"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"The figures cannot be written to {str(file)!r} ({error.strerror})"
        raise EvaluationError(f"{message}; name another file with --out.") from error


def _shown(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if unit == "MiB" else f"{value:.2f} {unit}"
