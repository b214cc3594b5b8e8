"""Evaluation from the page: runs found, a run watched, and cases added, through the commands."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from qa.errors import SavedError
from qa.records import trials
from qa.records.trials import Trial, add_case, case_files, case_of, runs
from tests import shelf_page as shelf
from tests.test_qa_conversations import answered

RUN, OPEN = subprocess.run, subprocess.Popen
SUMMARY = {
    "engine": "footnote",
    "n": 12,
    "failed": 1,
    "overall": {"right": {"n": 12, "value": 0.75, "low": 0.5, "high": 0.9}, "odd": {"value": 1}},
}


def written(folder: Path, held: Any) -> None:
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps(held), encoding="utf-8")


def test_finished_runs_are_found_below_and_broken_ones_are_left_out(tmp_path: Path) -> None:
    written(tmp_path / "one" / "footnote", SUMMARY)
    written(tmp_path / "two", {"engine": "x"})
    written(tmp_path / "three", [])
    (found,) = runs([tmp_path, tmp_path])
    assert (found.name, found.cases, found.failed) == ("one/footnote", 12, 1)
    assert found.figures == {"right": 0.75}


def test_a_case_holds_the_question_the_right_answer_and_the_quotations() -> None:
    answer = answered().answer
    assert answer is not None
    case = case_of(answer, id="x", gold=" On 4 May 2021. ", include=["4 May 2021", " "])
    assert (case["answer"], case["kind"]) == ("On 4 May 2021.", "single")
    assert case["must_include"] == [["4 May 2021"]] and case["answerable"] is True
    assert case["evidence"][0] == {
        "file": "ferry.md",
        "quote": "The ferry Tern began its crossings on 4 May 2021.",
    }
    later = case_of(answer, id="x", gold="", include=[], history=[("a", "b")])
    assert (later["kind"], later["history"]) == ("follow_up", [["a", "b"]])
    nothing = answered(shelf.ASK_NOTHING).answer
    assert nothing is not None
    assert case_of(nothing, id="x", gold="", include=[])["kind"] == "unanswerable"


def answering(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the commands of `eval` be a script instead; it sees the arguments after its name."""

    def swapped(asked: list[str]) -> list[str]:
        return [sys.executable, "-c", script, *asked[3:]]

    monkeypatch.setattr(trials.subprocess, "run", lambda a, **k: RUN(swapped(a), **k))
    monkeypatch.setattr(trials.subprocess, "Popen", lambda a, **k: OPEN(swapped(a), **k))


def test_a_case_reaches_the_command_as_json_and_its_refusal_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "made" / "cases.jsonl"
    keep = (
        "import sys; f = sys.argv[sys.argv.index('--cases') + 1];"
        " open(f, 'a', encoding='utf-8').write(sys.stdin.buffer.read().decode()); print('added')"
    )
    answering(monkeypatch, keep)
    assert add_case({"question": "언제?"}, cases, tmp_path) == "added"
    assert json.loads(cases.read_text(encoding="utf-8")) == {"question": "언제?"}
    answering(monkeypatch, "import sys; print('The id is taken.', file=sys.stderr); sys.exit(2)")
    with pytest.raises(SavedError, match="The id is taken."):
        add_case({}, cases, tmp_path)
    told = "print('invalid choice: add', file=__import__('sys').stderr); raise SystemExit(2)"
    answering(monkeypatch, told)
    with pytest.raises(SavedError, match="update Footnote"):
        add_case({}, cases, tmp_path)


def paced(trial: Trial, wanted: bool) -> trials.Pace:
    for _ in range(400):
        pace = trial.pace()
        if pace.running is wanted:
            return pace
        time.sleep(0.05)
    raise AssertionError(f"still {pace!r}")


def test_a_run_is_watched_until_it_ends_and_its_last_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "my.jsonl"
    cases.write_text("{}\n\n{}\n", encoding="utf-8")
    ends = (
        "import sys; o = sys.argv[sys.argv.index('--out') + 1];"
        " open(o + '/answers.jsonl', 'w').write('{}\\n'); print('No weights.'); sys.exit(2)"
    )
    answering(monkeypatch, ends)
    trial = Trial(tmp_path, tmp_path / "runs")
    assert trial.pace() == trials.Pace(0, 0, False, "")
    trial.start(cases)
    pace = paced(trial, False)
    assert (pace.done, pace.total, pace.problem) == (1, 2, "No weights.")
    assert pace.name.endswith("-my")


def test_a_run_can_be_stopped_and_is_then_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "my.jsonl"
    cases.write_text("{}\n", encoding="utf-8")
    waits = (
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(130))\n"
        "open(sys.argv[-1] + '/answers.jsonl', 'w').write('{}\\n')\ntime.sleep(60)"
    )
    answering(monkeypatch, waits)
    trial = Trial(tmp_path, tmp_path / "runs")
    trial.start(cases)
    while trial.pace().done == 0:
        assert trial.pace().running
        time.sleep(0.05)
    trial.start(cases)  # one at a time: the first goes on
    trial.stop()
    assert paced(trial, False).problem == ""
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_the_users_own_cases_come_before_those_of_footnote(tmp_path: Path) -> None:
    own = tmp_path / "cases.jsonl"
    shipped = case_files(own)
    own.write_text("{}", encoding="utf-8")
    assert case_files(own) == [own, *shipped]
