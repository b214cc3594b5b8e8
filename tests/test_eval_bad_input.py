"""What goes wrong in mid-run: an engine that hangs or crashes, a full disk, two runs into one
folder. Each is one clear sentence, and the finished cases are kept.
"""

import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, fake_setup, write_cases, write_documents

from eval.cases import load
from eval.engines import Engine, Setup
from eval.engines.patience import MOST_HANGS, Hung, PatientEngine
from eval.engines.record import Reply
from eval.errors import EvaluationError
from eval.runs.files import append_line, read_json
from eval.runs.folder import RunFolder
from eval.runs.run import run
from eval.runs.summary import Summary


class Hanging(FakeEngine):
    """Hangs on one question until it is let go."""

    def __init__(self, on: str, let_go: threading.Event) -> None:
        super().__init__(REPLIES)
        self.on = on
        self.let_go = let_go

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
        if question == self.on:
            self.let_go.wait(60)
        return super().ask(question, history=history)


@pytest.fixture
def let_go() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def run_here(tmp_path: Path, setup: Setup, patience: float = 30.0) -> Summary:
    documents, cases = tmp_path / "documents", tmp_path / "cases.jsonl"
    return run(
        setup,
        sources=documents if documents.exists() else write_documents(documents),
        cases_file=write_cases(cases, CASES),
        out=tmp_path / "run",
        progress=False,
        patience=patience,
    )


def test_a_case_on_which_the_engine_hangs_is_recorded_and_the_engine_opened_anew(
    tmp_path: Path, let_go: threading.Event
) -> None:
    opened: list[Hanging] = []

    @contextmanager
    def open_engine(_: Path) -> Iterator[Engine]:
        opened.append(Hanging(CASES[1].question, let_go))
        yield opened[-1]

    summary = run_here(tmp_path, Setup("fake", {}, open_engine), patience=0.5)
    assert (summary.n, summary.failed) == (4, 1)
    record = RunFolder(tmp_path / "run").answers()[CASES[1].id]
    assert record.error == "Hung: no answer in 0.5 seconds"
    assert len(opened) == 2, "the first hangs still and is left behind"
    assert opened[1].asked == [CASES[2].question, CASES[3].question]


def test_an_engine_that_hangs_again_and_again_ends_the_run_with_what_is_finished(
    tmp_path: Path, let_go: threading.Event
) -> None:
    class Always(FakeEngine):
        def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
            let_go.wait(60)
            raise AssertionError

    with pytest.raises(EvaluationError, match=f"hung {MOST_HANGS} times; finished cases are kept"):
        run_here(tmp_path, fake_setup(Always({})), patience=0.2)
    assert len(RunFolder(tmp_path / "run").answers()) == MOST_HANGS
    told = read_json(tmp_path / "run" / "progress.json")
    assert told == {"state": "stopped", "done": MOST_HANGS, "of": 4}


def test_closing_a_hanging_engine_is_not_waited_for(let_go: threading.Event) -> None:
    @contextmanager
    def open_engine(_: Path) -> Iterator[Engine]:
        try:
            yield Hanging("?", let_go)
        finally:
            let_go.wait(60)

    setup = Setup("fake", {}, open_engine)
    engine = PatientEngine(setup, Path("."), patience=0.2).__enter__()
    with pytest.raises(Hung):
        engine.do(lambda opened: opened.ask("?"))


def test_an_engine_that_crashes_on_one_case_keeps_the_others(tmp_path: Path) -> None:
    crashing = dict(REPLIES) | {CASES[2].question: MemoryError("too much")}
    summary = run_here(tmp_path, fake_setup(FakeEngine(crashing)))
    assert (summary.n, summary.failed) == (4, 1)
    assert read_json(tmp_path / "run" / "progress.json")["state"] == "finished"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_in_mid_run_keeps_the_finished_cases(tmp_path: Path) -> None:
    long = {q: Reply(r.answer + " And so on." * 400, r.abstained) for q, r in REPLIES.items()}
    with largest_file(10_000), pytest.raises(EvaluationError, match="make room") as told:
        run_here(tmp_path, fake_setup(FakeEngine(long)))
    assert "\n" not in str(told.value) and "finished cases are kept" in str(told.value)
    engine = FakeEngine(long)
    assert run_here(tmp_path, fake_setup(engine)).n == 4
    assert 1 <= len(engine.asked) < 4, "what was finished is not asked again"


def test_a_report_that_does_not_fit_leaves_the_old_one(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_report("old")
    with largest_file(1000), pytest.raises(EvaluationError, match="make room"):
        folder.write_report("new" * 1000)
    assert folder.report_file.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_line_that_cannot_be_written_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="answers.jsonl"):
        append_line(tmp_path / "none" / "answers.jsonl", "{}")


def test_a_missing_document_is_named_by_the_check_and_counts_against_nobody(tmp_path: Path) -> None:
    write_documents(tmp_path / "documents")
    (tmp_path / "documents" / "bridge.txt").unlink()
    summary = run_here(tmp_path, fake_setup(FakeEngine(REPLIES)))
    assert summary.n == 4 and summary.failed == 0


def test_a_malformed_case_line_names_its_line_and_field(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "cases.jsonl", CASES)
    text = file.read_text(encoding="utf-8").replace('"answerable": false', '"answerable": "no"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="Line 3 of 'cases.jsonl': the field 'answerable'"):
        load(file)
