"""The command line: what it prints and its exit codes."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, case, fake_setup, write_cases, write_documents

from eval import __main__ as command_line
from eval.engines.record import Reply


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command_line, "setup", lambda name: fake_setup(FakeEngine(REPLIES)))
    return tmp_path


RUN = ["run", "--sources", "documents", "--cases", "cases.jsonl", "--out"]


def call(*arguments: str | Sequence[str]) -> int:
    flat = [word for part in arguments for word in ([part] if isinstance(part, str) else part)]
    return command_line.main(flat)


def test_run_prints_the_table_and_where_the_report_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(RUN, "out") == 0
    shown = capsys.readouterr().out
    assert "right, all cases" in shown and str(Path("out") / "report.html") in shown
    assert (here / "out" / "summary.json").exists()


def test_the_gate_passes_what_it_accepted_and_fails_what_fell(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(RUN, "good")
    assert call("gate", "good", "--accepted", "a.json", "--accept") == 0
    worse = dict(REPLIES) | {CASES[0].question: Reply("In 1900.", False)}
    monkeypatch.setattr(command_line, "setup", lambda name: fake_setup(FakeEngine(worse)))
    call(RUN, "bad")
    capsys.readouterr()
    assert call("gate", "bad", "--accepted", "a.json") == 1
    assert "FELL" in capsys.readouterr().out
    assert call("compare", "good", "bad") == 0
    assert "mill-opened" in capsys.readouterr().out


def test_check_exits_with_one_on_a_problem_and_says_how_to_mend_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("check", "cases.jsonl", "--sources", "documents") == 0
    write_cases(here / "cases.jsonl", [case(answer="Long ago.")])
    assert call("check", "cases.jsonl", "--sources", "documents") == 1
    assert "problem in mill-opened" in capsys.readouterr().out


def test_the_report_is_written_again(here: Path) -> None:
    call(RUN, "out")
    before = (here / "out" / "report.html").read_text(encoding="utf-8")
    (here / "out" / "report.html").unlink()
    assert call("report", "out") == 0
    assert (here / "out" / "report.html").read_text(encoding="utf-8") == before


def test_our_errors_are_one_sentence_and_exit_code_two(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("report", "nothing") == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "no finished run" in shown.err and "Traceback" not in shown.err


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_no_count_is_refused(
    here: Path, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        call(RUN, "out", "--limit", limit)
    assert stopped.value.code == 2
