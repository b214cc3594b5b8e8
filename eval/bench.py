"""Measures speed and memory, every figure in fresh processes and as the median of several, with
stock LlamaIndex on the same models as the peer in the same run. Works in a new, empty index that
is thrown away; what fails is told beside the figures and the others go on.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from eval.cases import KINDS, Case
from eval.measuring import Measuring, Plan, Processes
from eval.process import Machine
from eval.speed import Bench
from index import IndexSettings, weights
from index.embedding import Embedding
from index.progress import progress_bar, say
from qa import AnsweringSettings


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
    with tempfile.TemporaryDirectory(prefix="footnote-bench-") as place:
        measuring = Measuring(plan, processes, Path(place), home)
        steps = measuring.steps()
        with progress_bar("Measuring", len(steps), progress, unit="step") as bar:
            for what, step in steps:
                if progress:
                    say(f"{time.strftime('%H:%M:%S')} {what}")
                measuring.take(what, step)
                bar.update(1)
    return measuring.result(machine)
