"""Running: asking, resuming, failing, refusing; and what the folder holds afterwards."""

import json
import re
from pathlib import Path

import pytest
from eval_examples import (
    CASES,
    REPLIES,
    TEXTS,
    FakeEngine,
    case,
    fake_setup,
    write_cases,
    write_documents,
)

from eval.errors import EvaluationError
from eval.runs.folder import RunFolder
from eval.runs.run import Selection, run
from eval.runs.summary import Summary
from sources import FolderError


class Place:
    """The three paths of a run, and how to run there."""

    def __init__(self, tmp_path: Path) -> None:
        self.sources = write_documents(tmp_path / "documents")
        self.cases = write_cases(tmp_path / "cases.jsonl", CASES)
        self.out = tmp_path / "run"

    def run(
        self,
        engine: FakeEngine,
        selection: Selection | None = None,
        settings: dict[str, str] | None = None,
        progress: bool = False,
    ) -> Summary:
        return run(
            fake_setup(engine, settings=settings),
            sources=self.sources,
            cases_file=self.cases,
            out=self.out,
            selection=selection,
            progress=progress,
        )


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_run_asks_every_case_with_its_history_and_scores_it(here: Place) -> None:
    engine = FakeEngine(REPLIES)
    summary = here.run(engine)
    assert engine.asked == [one.question for one in CASES]
    assert engine.histories[3] == [("What did the last miller keep?", "A diary.")]
    assert summary.overall["right"].value == 1
    assert summary.overall["citation_exact"].value == 1
    assert (summary.n, summary.of, summary.failed) == (4, 4, 0)


def test_a_bar_shows_how_far_the_run_is_and_the_time_that_is_left(
    here: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    here.run(FakeEngine(REPLIES), progress=True)
    assert re.search(r"Asking: +100%.*4/4 \[\d\d:\d\d<\d\d:\d\d", capsys.readouterr().err)


def test_answers_are_one_line_a_case_in_the_published_form(here: Place) -> None:
    here.run(FakeEngine(REPLIES))
    lines = (here.out / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    assert [json.loads(line)["id"] for line in lines] == [one.id for one in CASES]
    assert first["answer"] == "The mill opened in 1871." and first["abstained"] is False
    (cited,) = first["citations"]
    assert TEXTS[cited["file"]][cited["start"] : cited["end"]] == cited["quote"]
    assert first["seconds"] >= 0


def test_an_interrupted_run_goes_on_where_it_was(here: Place) -> None:
    dying = dict(REPLIES) | {CASES[2].question: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        here.run(FakeEngine(Dying(dying)))
    engine = FakeEngine(REPLIES)
    assert here.run(engine).n == 4
    assert engine.asked == [CASES[2].question, CASES[3].question]


class Dying(dict):  # type: ignore[type-arg]  # replies, one of which is raised as it is
    def __getitem__(self, question: str) -> object:
        reply = super().__getitem__(question)
        if isinstance(reply, BaseException):
            raise reply
        return reply


def test_a_line_that_a_killed_run_left_half_written_is_asked_again(here: Place) -> None:
    here.run(FakeEngine(REPLIES))
    answers = here.out / "answers.jsonl"
    answers.write_bytes(answers.read_bytes()[:-20])
    engine = FakeEngine(REPLIES)
    assert here.run(engine).overall["right"].value == 1
    assert engine.asked == [CASES[3].question]


def test_a_finished_run_is_scored_again_without_opening_the_engine(here: Place) -> None:
    first = here.run(FakeEngine(REPLIES))
    idle = FakeEngine({})
    assert here.run(idle) == first
    assert idle.asked == []


def test_a_failing_case_is_recorded_and_the_others_go_on(here: Place) -> None:
    failing = dict(REPLIES) | {CASES[0].question: RuntimeError("out of cheese")}
    summary = here.run(FakeEngine(failing))
    assert (summary.n, summary.failed) == (4, 1)
    record = RunFolder(here.out).answers()[CASES[0].id]
    assert record.error == "RuntimeError: out of cheese"
    again = FakeEngine(REPLIES)
    assert here.run(again).failed == 0
    assert again.asked == [CASES[0].question]


def test_a_run_of_which_nothing_could_be_asked_is_an_error(here: Place) -> None:
    gone = {one.question: RuntimeError("no model") for one in CASES}
    with pytest.raises(EvaluationError, match="no model"):
        here.run(FakeEngine(gone))


def test_a_folder_with_another_run_is_refused(here: Place) -> None:
    here.run(FakeEngine(REPLIES), settings={"top_k": "5"})
    with pytest.raises(EvaluationError, match="other settings; name a new folder"):
        here.run(FakeEngine(REPLIES), settings={"top_k": "6"})
    (here.sources / "mill.txt").write_text("All new.\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="other documents"):
        here.run(FakeEngine(REPLIES), settings={"top_k": "5"})
    write_cases(here.cases, CASES[:2])
    with pytest.raises(EvaluationError, match="other cases"):
        here.run(FakeEngine(REPLIES), settings={"top_k": "5"})


def test_two_runs_into_one_folder_are_refused(here: Place) -> None:
    with RunFolder(here.out).locked(), pytest.raises(EvaluationError, match="Another run"):
        here.run(FakeEngine(REPLIES))
    assert here.run(FakeEngine(REPLIES)).n == 4


def test_a_limit_or_a_kind_asks_only_those_and_a_larger_one_adds_to_them(here: Place) -> None:
    assert here.run(FakeEngine(REPLIES), Selection(limit=1)).n == 1
    engine = FakeEngine(REPLIES)
    assert here.run(engine, Selection(kind="numeric")).n == 2
    assert engine.asked == [CASES[1].question]
    assert here.run(FakeEngine(REPLIES)).n == 4
    with pytest.raises(EvaluationError, match="No case is of kind 'conflict'"):
        here.run(FakeEngine(REPLIES), Selection(kind="conflict"))


def test_repeated_ids_are_refused_before_anything_is_asked(here: Place) -> None:
    write_cases(here.cases, [case(), case()])
    engine = FakeEngine(REPLIES)
    with pytest.raises(EvaluationError, match="more than once"):
        here.run(engine)
    assert engine.asked == []


def test_a_folder_without_documents_is_refused(here: Place, tmp_path: Path) -> None:
    here.sources = tmp_path / "none"
    with pytest.raises(FolderError):
        here.run(FakeEngine(REPLIES))
    here.sources.mkdir()
    with pytest.raises(EvaluationError, match="no document"):
        here.run(FakeEngine(REPLIES))


def test_an_out_folder_that_is_a_file_is_refused(here: Place) -> None:
    here.out.write_text("a file", encoding="utf-8")
    with pytest.raises(EvaluationError, match="cannot be written"):
        here.run(FakeEngine(REPLIES))


def test_a_folder_that_holds_no_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no finished run"):
        RunFolder(tmp_path).summary()
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="no summary"):
        RunFolder(tmp_path).summary()
    (tmp_path / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvaluationError, match="not JSON"):
        RunFolder(tmp_path).summary()


def test_an_answers_file_that_is_not_ours_is_refused(here: Place) -> None:
    here.run(FakeEngine(REPLIES))
    with (here.out / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": 1}\n')
    with pytest.raises(EvaluationError, match="Line 5"):
        here.run(FakeEngine(REPLIES))
