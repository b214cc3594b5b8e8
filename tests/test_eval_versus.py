"""Several engines over the same cases, an engine in a file of its own, and `make eval`."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import (
    CASES,
    PAGES,
    REPLIES,
    FakeEngine,
    case,
    fake_setup,
    write_cases,
    write_documents,
)

from eval import __main__ as command_line
from eval.engines import setup
from eval.engines.record import Reply
from eval.errors import EvaluationError
from eval.report.versus import versus, versus_text
from eval.runs.folder import RunFolder
from eval.runs.run import Selection, run

ROOT = Path(__file__).parents[1]
WRONG = {question: Reply("Who knows.", False) for question in REPLIES}
ENGINE_FILE = '''"""An engine in one file."""
from contextlib import suppress
from eval import Cited, Reply

SETTINGS = {"mood": "good"}

class Parrot:
    def __init__(self, sources):
        self.text = (sources / "mill.txt").read_text(encoding="utf-8")

    def ask(self, question, *, history=(), paths=None):
        quote = self.text[20:60]
        return Reply(quote, False, (Cited("mill.txt", 20, 60, quote),))

def open_engine(sources):
    yield Parrot(sources)
'''


def made(tmp_path: Path, name: str, replies: dict, selection: Selection | None = None) -> RunFolder:
    documents = tmp_path / "documents"
    run(
        replace(fake_setup(FakeEngine(replies)), name=name),
        sources=documents if documents.exists() else write_documents(documents),
        cases_file=write_cases(tmp_path / "cases.jsonl", CASES),
        out=tmp_path / name,
        selection=selection,
        progress=False,
    )
    return RunFolder(tmp_path / name)


def test_engines_are_compared_on_the_cases_all_were_asked(tmp_path: Path) -> None:
    ours = made(tmp_path, "ours", REPLIES)
    theirs = made(tmp_path, "theirs", WRONG, Selection(limit=2))
    (found,) = versus([ours, theirs])
    assert found.n == 2 and [c.asked for c in found.columns] == [4, 2]
    assert found.columns[0].figures["right"].value == 1
    change = found.columns[1].change("right")
    assert change is not None and (change.before, change.after, change.p) == (1, 0, 0.5)
    text = versus_text([found])
    assert "1.000 (1.000 to 1.000)" in text and "0.000 (0.000 to 0.000)  0.500" in text


def test_runs_over_different_files_are_told_apart(tmp_path: Path) -> None:
    ours = made(tmp_path, "ours", REPLIES)
    (tmp_path / "second").mkdir()
    write_cases(tmp_path / "second" / "more.jsonl", CASES[:1])
    run(
        fake_setup(FakeEngine(REPLIES)), sources=tmp_path / "documents",
        cases_file=tmp_path / "second" / "more.jsonl", out=tmp_path / "more", progress=False,
    )  # fmt: skip
    found = versus([ours, RunFolder(tmp_path / "more")])
    assert [one.cases for one in found] == ["cases.jsonl", "more.jsonl"]


def test_runs_without_a_case_in_common_are_refused(tmp_path: Path) -> None:
    ours = made(tmp_path, "ours", REPLIES, Selection(limit=1))
    theirs = made(tmp_path, "theirs", REPLIES, Selection(kind="numeric"))
    with pytest.raises(EvaluationError, match="no case in common"):
        versus([ours, theirs])


def test_a_spread_takes_kinds_and_languages_in_turn() -> None:
    cases = [case(f"s{n}", lang="en" if n < 6 else "ko") for n in range(12)]
    cases += [replace(PAGES, id="f0"), case("n0", kind="numeric")]
    chosen = Selection(spread=5).of(cases)
    assert [c.kind for c in chosen] == ["single", "numeric", "follow_up", "single", "single"]
    assert {c.lang for c in chosen if c.kind == "single"} == {"en", "ko"}
    assert Selection(spread=3).of(cases) == chosen[:3]
    assert len(Selection(spread=99).of(cases)) == 14


def test_an_engine_is_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parrot.py").write_text(ENGINE_FILE, encoding="utf-8")
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    arguments = ["run", "--sources", str(tmp_path / "documents"),
                 "--cases", str(tmp_path / "cases.jsonl"), "--out", str(tmp_path / "run"),
                 "--engine", str(tmp_path / "parrot.py")]  # fmt: skip
    assert command_line.main(arguments) == 0
    assert "parrot: 4 of 4 cases" in capsys.readouterr().out
    assert RunFolder(tmp_path / "run").made().settings == {"mood": "good"}
    assert RunFolder(tmp_path / "run").summary().overall["citation_exact"].value == 1


@pytest.mark.parametrize("text", ["open_engine = ", "pass", "raise RuntimeError('no')"])
def test_a_file_without_an_engine_says_what_is_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.py").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"open_engine\(sources\)"):
        setup(str(tmp_path / "broken.py"))
    with pytest.raises(EvaluationError, match="cannot be used"):
        setup(str(tmp_path / "missing.py"))
    with pytest.raises(EvaluationError, match="There is no engine 'stock'"):
        setup("stock")


SHIM = """import sys
sys.path[:0] = [{root!r}, {tests!r}]
from dataclasses import replace
from eval import __main__ as command_line
from eval_examples import REPLIES, FakeEngine, fake_setup
from eval.engines.record import Reply
def setup(name):
    told = REPLIES if name == "footnote" else {{q: Reply("Who knows.", False) for q in REPLIES}}
    return replace(fake_setup(FakeEngine(told)), name=name)
command_line.setup = setup
assert sys.argv[1:3] == ["-m", "eval"]
sys.exit(command_line.main(sys.argv[3:]))
"""


def test_make_eval_prints_one_table_with_both_engines_and_where_the_report_is(
    tmp_path: Path,
) -> None:
    (tmp_path / "bin").mkdir()
    ready = tmp_path / "ready"
    ready.touch()  # the environment is there, so nothing is installed
    shim = tmp_path / "shim.py"
    shim.write_text(SHIM.format(root=str(ROOT), tests=str(ROOT / "tests")), encoding="utf-8")
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {shim} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    (tmp_path / "shared" / "eval").mkdir(parents=True)
    write_cases(tmp_path / "shared" / "eval" / "dev.jsonl", CASES[:3])
    write_documents(tmp_path / "shared" / "documents")
    given = {"BIN": tmp_path / "bin", "READY": ready, "CASES": tmp_path / "cases.jsonl",
             "SOURCES": tmp_path / "documents", "OUT": tmp_path / "out",
             "DEV": tmp_path / "shared", "PEER_CASES": 2}  # fmt: skip
    command = ["make", "-C", str(ROOT), "eval", *(f"{k}={v}" for k, v in given.items())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = done.stdout[done.stdout.index("dev.jsonl: 2 cases asked of all") :]
    assert "footnote" in table and "llamaindex" in table
    assert "cases.jsonl: 2 cases asked of all (in its own run: footnote 4, llamaindex 2)" in table
    assert "1.000 (1.000 to 1.000)" in table
    assert f"Side by side: {tmp_path / 'out' / 'report.html'}" in table
    assert (tmp_path / "out" / "report.html").exists()
