"""Asks every case of a file and scores the answers, into one run folder. An interrupted run goes
on where it was; a case that fails is recorded and the others go on. Knows engines only by
`Setup`; `report.py` and `table.py` show what it made.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]  # it ships no types

from eval import summary
from eval.cases import Case, Kind, digest, load
from eval.corpus import Corpus
from eval.engines import Engine, Setup
from eval.errors import EvaluationError
from eval.folder import Made, RunFolder
from eval.record import Record
from eval.report import page
from eval.score import score
from eval.summary import Summary


@dataclass(frozen=True)
class Selection:
    """Which cases of the file to ask: the first `limit` of one kind; `None` means all."""

    limit: int | None = None
    kind: Kind | None = None

    def of(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """Return the chosen cases in their order.

        Raises:
            EvaluationError: there is none.
        """
        chosen = [case for case in cases if self.kind in (None, case.kind)][: self.limit]
        if not chosen:
            raise EvaluationError(f"No case is of kind {self.kind!r}; choose another --kind.")
        return tuple(chosen)


def run(
    setup: Setup,
    *,
    sources: Path,
    cases_file: Path,
    out: Path,
    selection: Selection | None = None,
    progress: bool = True,
) -> Summary:
    """Ask the chosen cases that the folder has no answer to, then score all its answers.

    Args:
        setup: the engine and how to open it; it is opened only if something is left to ask.
        sources: the folder of documents.
        cases_file: the case file.
        out: the run folder, made where it does not exist.
        selection: which cases to ask.
        progress: show a bar with the time left.

    Raises:
        EvaluationError: the folder holds another run or is in use, the case file is malformed,
            or not one case could be asked.
        FootnoteError: the documents cannot be read or the engine cannot be opened.
    """
    cases = load(cases_file)
    chosen = (selection or Selection()).of(cases)
    _refuse_repeated_ids(cases, cases_file)
    corpus = Corpus.open(sources)
    folder = RunFolder(out)
    with folder.locked():
        made = Made(cases_file.name, digest(cases_file), corpus.sha256, setup.name, setup.settings)
        folder.begin(made, cases_file)
        done = {id for id, record in folder.answers().items() if record.error is None}
        left = [case for case in chosen if case.id not in done]
        if left:
            with setup.open(sources) as engine:
                _ask_all(engine, left, folder.append, progress=progress)
        return finish(folder, corpus)


def finish(folder: RunFolder, corpus: Corpus) -> Summary:
    """Score every answer of a folder and write its results and its report."""
    made, records = folder.made(), folder.answers()
    cases = folder.cases()
    answered = tuple(case for case in cases if case.id in records)
    scores = tuple(score(case, records[case.id], corpus) for case in answered)
    if scores and all(s.failed for s in scores):
        first = records[scores[0].id].error
        message = f"Not one of {len(scores)} cases could be asked; the first one's error: {first}"
        raise EvaluationError(f"{message} Mend that and run again.")
    result = Summary(
        cases=made.cases,
        cases_sha256=made.cases_sha256,
        engine=made.engine,
        n=len(scores),
        of=len(cases),
        failed=sum(s.failed for s in scores),
        overall=summary.figures(scores),
        by_kind=summary.by_kind(scores),
        by_language=summary.by_language(scores),
    )
    folder.write_results(scores, result)
    folder.write_report(page(result, answered, records, scores))
    return result


def _ask_all(
    engine: Engine, cases: Sequence[Case], keep: Callable[[Record], None], *, progress: bool
) -> None:
    for case in tqdm(cases, desc="Asking", unit="case", disable=not progress, smoothing=0.1):
        keep(_ask(engine, case))


def _ask(engine: Engine, case: Case) -> Record:
    history = [(turn.user, turn.assistant) for turn in case.history]
    start = time.perf_counter()
    try:
        # The language is left to the engine, so that answering in the wrong one is seen.
        reply = engine.ask(case.question, history=history)
    except Exception as error:  # one case's failure, of whatever sort, must not end the run
        message = f"{type(error).__name__}: {error}"
        return Record.failure(case.id, message, time.perf_counter() - start)
    return Record.of(case.id, reply, time.perf_counter() - start)


def _refuse_repeated_ids(cases: Sequence[Case], path: Path) -> None:
    ids = [case.id for case in cases]
    repeated = sorted({id for id in ids if ids.count(id) > 1})
    if repeated:
        message = f"The id {repeated[0]!r} occurs more than once in {str(path)!r}"
        raise EvaluationError(f"{message}; give every case an id of its own.")
