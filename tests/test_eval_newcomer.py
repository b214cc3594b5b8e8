"""What README.md tells a newcomer to do, done: a case, a metric, an engine and a benchmark of one's
own, each with nothing but the steps that stand there.
"""

import json
import re
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, fake_setup, write_cases, write_documents

from eval import __main__ as command_line
from eval.benchmarks import BENCHMARKS, Passage, Question, Set, read_set
from eval.report.versus import versus, versus_text
from eval.runs.figures import FIGURES, Named
from eval.runs.folder import RunFolder

ROOT = Path(__file__).parents[1]
EVALUATION = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Evaluation\n")[1]
EVALUATION = EVALUATION.split("\n## ")[0]


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", EVALUATION, re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command_line, "setup", lambda name: fake_setup(FakeEngine(REPLIES)))
    return tmp_path


def run(out: str, *more: str) -> int:
    return command_line.main(
        ["run", "--sources", "documents", "--cases", "cases.jsonl", "--out", out, *more]
    )


def test_the_case_in_the_readme_is_accepted_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps(json.loads(fenced("json")[0])) + "\n", encoding="utf-8")
    sources = str(ROOT / "sources" / "documents")
    assert command_line.main(["check", str(file), "--sources", sources]) == 0
    assert "1 case, 0 problems" in capsys.readouterr().out


def test_the_engine_in_the_readme_runs_from_its_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real `setup` opens it
    monkeypatch.chdir(here)
    (here / "silent.py").write_text(fenced("python")[0], encoding="utf-8")
    assert run("out", "--engine", "silent.py") == 0
    found = RunFolder(here / "out").summary()
    assert found.engine == "silent" and found.overall["answered"].value == 0


def test_a_metric_named_once_is_in_every_table_comparison_and_report(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quotes = Named("quotes given", lambda s: len(s.cited_right), "count", gated=True)
    monkeypatch.setitem(FIGURES, "quotes", quotes)  # type: ignore[misc]
    assert run("one") == run("two") == 0
    assert re.search(r"quotes given +4 +0\.8", capsys.readouterr().out)
    assert command_line.main(["compare", "one", "two"]) == 0
    assert "quotes given" in capsys.readouterr().out
    assert "quotes given" in versus_text(versus([RunFolder(Path("one")), RunFolder(Path("two"))]))


def test_every_module_the_readme_names_is_there() -> None:
    named = set(re.findall(r"`(eval/[\w./]+)`", EVALUATION))
    assert len(named) >= 5 and [n for n in sorted(named) if not (ROOT / n).exists()] == []


def test_a_benchmark_named_in_the_catalogue_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mine(folder: Path) -> Set:
        text = (folder / "mine.txt").read_text(encoding="utf-8")
        question = Question("q", "When?", "en", golds=(("1871",),))
        return Set("mine", "0" * 64, ("answering",), (Passage("p", text),), (question,))

    (tmp_path / "mine.txt").write_text("It opened in 1871.", encoding="utf-8")
    monkeypatch.setitem(BENCHMARKS, "mine", mine)
    assert read_set("mine", tmp_path).questions[0].text == "When?"
