"""Asks every case of a file and scores the answers, into one run folder. An interrupted run goes
on where it was; a case that fails is recorded and the others go on. Knows engines only by
`Setup`; `eval/report/` shows what it made.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]  # it ships no types

from eval.cases import KINDS, Case, Kind, digest, load
from eval.corpus import Corpus
from eval.engines import Engine, Setup, Verifying
from eval.engines.patience import PATIENCE, PatientEngine
from eval.engines.record import Record, Reply
from eval.errors import EvaluationError
from eval.judging.verdicts import judged, verdicts
from eval.memory import peak_memory
from eval.report.page import folder_page
from eval.runs import provenance, summary
from eval.runs.folder import Made, Progress, RunFolder
from eval.runs.score import score
from eval.runs.summary import Summary

MOST_DEATHS = 2  # a case that ended the whole process so often is not asked again


@dataclass(frozen=True)
class Selection:
    """Which cases of the file to ask: the first `limit` of one kind; `None` means all. `spread` asks
    so many, taking the kinds and languages in turn.
    """

    limit: int | None = None
    kind: Kind | None = None
    spread: int | None = None

    def of(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """Return the chosen cases in their order.

        Raises:
            EvaluationError: there is none.
        """
        chosen = [case for case in cases if self.kind in (None, case.kind)]
        if not chosen:
            raise EvaluationError(f"No case is of kind {self.kind!r}; choose another --kind.")
        if self.spread is not None:
            chosen = _in_turn(chosen)[: self.spread]
        return tuple(chosen[: self.limit])


def run(
    setup: Setup,
    *,
    sources: Path,
    cases_file: Path,
    out: Path,
    selection: Selection | None = None,
    progress: bool = True,
    patience: float = PATIENCE,
) -> Summary:
    """Ask the chosen cases that the folder has no answer to, then score all its answers.

    A case during which the whole process ended (a crash of native code, a kill) is asked last by
    the next run, and the time after that put on record as failed.

    Args:
        setup: the engine; it is opened only if something is left to ask.
        sources: the folder of documents.
        cases_file: the case file.
        out: the run folder, made where it does not exist.
        selection: which cases to ask.
        progress: show a bar with the time left.
        patience: seconds after which a case counts as failed and the engine is opened anew.

    Raises:
        EvaluationError: the folder holds another run or is in use, a case is malformed, the disk
            is full, the engine hangs again and again, or not one case could be asked.
        FootnoteError: the documents cannot be read or the engine cannot be opened.
    """
    cases = load(cases_file)
    chosen = (selection or Selection()).of(cases)
    _refuse_repeated_ids(cases, cases_file)
    corpus = Corpus.open(sources)
    with (folder := RunFolder(out)).locked():
        folder.begin(_made(setup, sources, cases_file, corpus), cases_file)
        done = {id for id, record in folder.answers().items() if record.error is None}
        deaths = folder.deaths()
        left = [case for case in chosen if case.id not in done]
        left.sort(key=lambda case: deaths.get(case.id, 0))  # what ended the process comes last
        if left:
            with PatientEngine(setup, sources, patience) as engine:
                _ask_all(engine, left, folder, deaths, progress=progress)
        result = finish(folder, corpus)
        folder.tell(Progress("finished", len(chosen), len(chosen)))
        return result


def _made(setup: Setup, sources: Path, cases_file: Path, corpus: Corpus) -> Made:
    return Made(
        cases=cases_file.name,
        cases_sha256=digest(cases_file),
        documents_sha256=corpus.sha256,
        engine=setup.name,
        settings=setup.settings,
        models=setup.models,
        documents=corpus.hashes,
        sources=str(sources),
        commits=tuple(filter(None, [provenance.commit()])),
        versions=provenance.versions(),
    )


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
        judge=judged(verdicts(folder.judged_file), records, scores),
        notes=_unfounded(answered, corpus),
    )
    folder.write_results(scores, result)
    folder.write_report(folder_page(folder))
    return result


def _unfounded(cases: Sequence[Case], corpus: Corpus) -> tuple[str, ...]:
    """Note the cases whose evidence cannot be found, so that their citations are not judged."""
    absent = {e.file for case in cases for e in case.evidence if e.file not in corpus.texts}
    lost = [
        c.id for c in cases if not all(corpus.locate(e.file, e.quote).spans for e in c.evidence)
    ]
    if not lost:
        return ()
    which = f", such as {sorted(absent)[0]!r}" if absent else ""
    return (
        f"The evidence of {len(lost)} of these cases is not in the documents{which}: their citations"
        f" and retrieval are not judged. `python -m eval check` names each; the first is"
        f" {lost[0]!r}.",
    )


def judged_again(folder: RunFolder) -> Summary:
    """Take new verdicts of a judge into the results and the report of a finished run.

    Raises:
        EvaluationError: the folder holds no finished run.
    """
    scores = folder.scores()
    told = judged(verdicts(folder.judged_file), folder.answers(), scores)
    result = replace(folder.summary(), judge=told)
    folder.write_results(scores, result)
    folder.write_report(folder_page(folder))
    return result


def _ask_all(
    engine: PatientEngine,
    cases: Sequence[Case],
    folder: RunFolder,
    deaths: dict[str, int],
    *,
    progress: bool,
) -> None:
    done = 0
    try:
        for case in tqdm(cases, desc="Asking", unit="case", disable=not progress, smoothing=0.1):
            if deaths.get(case.id, 0) < MOST_DEATHS:
                folder.tell(Progress("asking", done, len(cases), case.id, deaths))
                folder.append(_ask(engine, case))
            else:
                message = (
                    f"the whole process ended, {deaths.pop(case.id)} times, while it was asked"
                )
                folder.append(Record.failure(case.id, message, 0.0))
            done += 1
    except BaseException:
        with suppress(EvaluationError):
            folder.tell(Progress("stopped", done, len(cases), deaths=deaths))
        raise


def _ask(engine: PatientEngine, case: Case) -> Record:
    start = time.perf_counter()
    try:
        reply, seconds = engine.do(lambda opened: _timed(opened, case))
    except EvaluationError:  # the run cannot go on
        raise
    except Exception as error:  # one case's failure, of whatever sort, must not end the run
        message = f"{type(error).__name__}: {error}"
        return Record.failure(case.id, message, time.perf_counter() - start)
    return replace(Record.of(case.id, reply, seconds), memory=peak_memory())


def _timed(engine: Engine, case: Case) -> tuple[Reply, float]:
    history = [(turn.user, turn.assistant) for turn in case.history]
    start = time.perf_counter()
    # The language is left to the engine, so that answering in the wrong one is seen.
    reply = engine.ask(case.question, history=history)
    seconds = time.perf_counter() - start
    return (engine.verified(reply) if isinstance(engine, Verifying) else reply), seconds


def _in_turn(cases: Sequence[Case]) -> list[Case]:
    """Order cases so that every first part of them is balanced: kinds in turn, languages in turn."""
    groups: dict[Kind, dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        groups[case.kind][case.lang].append(case)
    ordered: list[Case] = []
    for turn in range(len(cases)):
        for at, kind in enumerate(KINDS):
            waiting = [rows for _, rows in sorted(groups[kind].items()) if rows]
            if waiting:
                ordered.append(waiting[(turn + at) % len(waiting)].pop(0))
    return ordered


def _refuse_repeated_ids(cases: Sequence[Case], path: Path) -> None:
    ids = [case.id for case in cases]
    repeated = sorted({id for id in ids if ids.count(id) > 1})
    if repeated:
        message = f"The id {repeated[0]!r} occurs more than once in {str(path)!r}"
        raise EvaluationError(f"{message}; give every case an id of its own.")
