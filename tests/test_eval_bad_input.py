"""What goes wrong in mid-run: an engine that hangs or crashes, a full disk, two runs into one
folder. Each is one clear sentence, and the finished cases are kept.
"""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, fake_setup, write_cases, write_documents

from eval.cases import load
from eval.engines import Engine, Setup
from eval.engines.patience import MOST_HANGS, Hung, PatientEngine
from eval.engines.record import Reply
from eval.errors import EvaluationError
from eval.report.page import folder_page
from eval.report.table import summary_text
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
    assert (told["state"], told["done"], told["of"]) == ("stopped", MOST_HANGS, 4)


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
    (note,) = summary.notes
    assert "1 of these cases" in note and "'bridge.txt'" in note and "'bridge-length'" in note
    assert note in summary_text(summary) and "bridge.txt" in folder_page(
        RunFolder(tmp_path / "run")
    )
    assert summary.overall["citation_recall"].n == summary.overall["retrieval_recall"].n == 2
    assert summary.overall["citation_recall"].value == 1


DYING = """
import os
from eval import Reply

class Dying:
    def ask(self, question, *, history=(), paths=None):
        if "mill open" in question:
            os._exit(7)
        return Reply("Nothing is known.", True)

def open_engine(sources):
    yield Dying()
"""


def test_a_case_that_ends_the_whole_process_is_asked_last_and_then_given_up(tmp_path: Path) -> None:
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    (tmp_path / "dying.py").write_text(DYING, encoding="utf-8")
    here = Path(__file__).parents[1]
    options = ["--sources", "documents", "--cases", "cases.jsonl", "--out", "run"]
    done = subprocess.run(
        [sys.executable, "-m", "eval", "run", *options, "--engine", "dying.py"],
        cwd=tmp_path, env=dict(os.environ) | {"PYTHONPATH": str(here)}, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 7 and RunFolder(tmp_path / "run").answers() == {}

    class Second(FakeEngine):
        def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
            if question == CASES[0].question:  # what a process that is gone leaves behind
                (tmp_path / "then.json").write_bytes((folder / "progress.json").read_bytes())
                raise KeyboardInterrupt
            return super().ask(question, history=history)

    folder = tmp_path / "run"
    same = replace(fake_setup(Second(REPLIES)), name="dying")
    with pytest.raises(KeyboardInterrupt):
        run_here(tmp_path, same)
    assert set(RunFolder(folder).answers()) == {case.id for case in CASES[1:]}
    (folder / "progress.json").write_bytes((tmp_path / "then.json").read_bytes())
    engine = FakeEngine(REPLIES)
    summary = run_here(tmp_path, replace(fake_setup(engine), name="dying"))
    assert engine.asked == [] and summary.failed == 1
    error = RunFolder(folder).answers()[CASES[0].id].error
    assert error == "the whole process ended, 2 times, while it was asked"


WAITING = """
import time
from eval import Reply

class Waiting:
    def ask(self, question, *, history=(), paths=None):
        if "mill today" in question:
            print("now", flush=True)
            time.sleep(60)
        return Reply("Nothing is known.", True)

def open_engine(sources):
    yield Waiting()
"""


def test_a_run_that_is_told_to_end_keeps_what_is_finished_and_blames_no_case(
    tmp_path: Path,
) -> None:
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    options = ["--sources", "documents", "--cases", "cases.jsonl", "--out", "run"]
    with subprocess.Popen(
        [sys.executable, "-m", "eval", "run", *options, "--engine", "waiting.py"],
        cwd=tmp_path, env=dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None and child.stdout.readline() == "now\n"
        child.terminate()
        said = child.communicate(timeout=60)[1]
    assert child.returncode == 130 and "goes on where this one was" in said
    folder = RunFolder(tmp_path / "run")
    assert set(folder.answers()) == {CASES[0].id, CASES[1].id} and folder.deaths() == {}


def test_half_a_character_in_a_case_names_its_field_and_in_an_answer_does_no_harm(
    tmp_path: Path,
) -> None:
    file = write_cases(tmp_path / "cases.jsonl", CASES)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("When did the mill", "\\ud83d the mill"), encoding="utf-8")
    with pytest.raises(EvaluationError, match="Line 1 of 'cases.jsonl': the field 'question'"):
        load(file)
    broken = dict(REPLIES) | {CASES[0].question: Reply("In 1871 \ud83d.", False)}
    assert run_here(tmp_path, fake_setup(FakeEngine(broken))).failed == 0
    assert RunFolder(tmp_path / "run").answers()[CASES[0].id].answer == "In 1871 ?."


@pytest.mark.parametrize("text", ['{"a":' * 100_000, "[" * 100_000, '{"id": ' + "9" * 5000 + "}"])
def test_a_line_that_no_reader_of_json_takes_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "cases.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="Line 1 of 'cases.jsonl' is not JSON"):
        load(tmp_path / "cases.jsonl")


def test_a_malformed_case_line_names_its_line_and_field(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "cases.jsonl", CASES)
    text = file.read_text(encoding="utf-8").replace('"answerable": false', '"answerable": "no"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="Line 3 of 'cases.jsonl': the field 'answerable'"):
        load(file)
