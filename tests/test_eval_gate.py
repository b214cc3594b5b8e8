"""The gate and the comparison of two runs."""

from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, fake_setup, write_cases, write_documents

from eval.engines.record import Reply
from eval.errors import EvaluationError
from eval.report.versus import versus
from eval.runs.compare import compare, comparison_text
from eval.runs.figures import FigureName
from eval.runs.folder import RunFolder
from eval.runs.gate import GATED, accept, gate_text, judge
from eval.runs.run import Selection, run
from eval.runs.summary import Figure, Summary


def summary(**values: float) -> Summary:
    overall: dict[FigureName, Figure] = {
        name: Figure(50, values.get(name, 0.9), 0.0, 1.0) for name in GATED
    }
    overall["citation_exact"] = Figure(50, values.get("citation_exact", 1.0), 0.0, 1.0)
    return Summary("cases.jsonl", "abc", "fake", 50, 50, 0, overall, {}, {})


def fell(now: Summary, accepted: Path) -> list[str]:
    return [row.name for row in judge(now, accepted) if not row.passes]


def test_a_run_passes_against_itself_and_a_rise_passes(tmp_path: Path) -> None:
    accept(summary(), tmp_path / "accepted.json")
    assert fell(summary(), tmp_path / "accepted.json") == []
    assert fell(summary(correct=1.0), tmp_path / "accepted.json") == []


@pytest.mark.parametrize("name", [name for name in GATED if name != "citation_exact"])
def test_each_figure_may_fall_by_two_points_and_no_more(tmp_path: Path, name: str) -> None:
    accept(summary(), tmp_path / "accepted.json")
    assert fell(summary(**{name: 0.88}), tmp_path / "accepted.json") == []
    assert fell(summary(**{name: 0.879}), tmp_path / "accepted.json") == [name]


def test_exactness_may_not_fall_at_all(tmp_path: Path) -> None:
    accept(summary(), tmp_path / "accepted.json")
    now = summary(citation_exact=0.999)
    assert fell(now, tmp_path / "accepted.json") == ["citation_exact"]
    assert "FELL" in gate_text(judge(now, tmp_path / "accepted.json"))


def test_a_figure_that_is_gone_fails(tmp_path: Path) -> None:
    accept(summary(), tmp_path / "accepted.json")
    now = summary()
    del now.overall["citation_recall"]
    assert fell(now, tmp_path / "accepted.json") == ["citation_recall"]


def test_other_case_files_keep_their_entries(tmp_path: Path) -> None:
    accept(summary(correct=0.5), tmp_path / "accepted.json")
    accept(replace(summary(), cases="other.jsonl"), tmp_path / "accepted.json")
    assert fell(summary(correct=0.5), tmp_path / "accepted.json") == []


def test_figures_of_other_cases_are_not_compared(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    with pytest.raises(EvaluationError, match="--accept"):
        judge(summary(), file)
    accept(summary(), file)
    for other in (replace(summary(), n=49), replace(summary(), cases_sha256="def")):
        with pytest.raises(EvaluationError, match="other cases"):
            judge(other, file)
    with pytest.raises(EvaluationError, match="No figures"):
        judge(replace(summary(), cases="new.jsonl"), file)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_an_accepted_file_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "accepted.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="accepted.json"):
        judge(summary(), tmp_path / "accepted.json")


def test_an_unfinished_run_is_not_accepted(tmp_path: Path) -> None:
    for partial in (replace(summary(), of=51), replace(summary(), failed=1)):
        with pytest.raises(EvaluationError, match="finish it"):
            accept(partial, tmp_path / "accepted.json")


def made(
    tmp_path: Path, name: str, changes: dict[str, Reply], limit: int | None = None
) -> RunFolder:
    documents = tmp_path / "documents"
    run(
        fake_setup(FakeEngine(dict(REPLIES) | changes)),
        sources=documents if documents.exists() else write_documents(documents),
        cases_file=write_cases(tmp_path / "cases.jsonl", CASES),
        out=tmp_path / name,
        selection=Selection(limit=limit),
        progress=False,
    )
    return RunFolder(tmp_path / name)


def test_a_comparison_lists_the_cases_that_changed(tmp_path: Path) -> None:
    wrong = Reply("In 1900.", False)
    a = made(tmp_path, "a", {CASES[0].question: wrong, CASES[1].question: wrong})
    b = made(tmp_path, "b", {CASES[3].question: wrong})
    result = compare(a, b)
    assert result.gained == ("mill-opened", "bridge-length") and result.lost == ("diary-pages",)
    assert (result.n, result.before, result.after) == (4, 0.5, 0.75)
    assert result.p == 1
    text = comparison_text(a, b, result)
    assert "+0.250 over 4 cases" in text and "diary-pages" in text


def test_a_comparison_is_over_the_cases_both_runs_asked(tmp_path: Path) -> None:
    a = made(tmp_path, "a", {})
    b = made(tmp_path, "b", {}, limit=2)
    result = compare(a, b)
    assert result.n == 2 and result.gained == result.lost == ()
    assert "No case changed." in comparison_text(a, b, result)


def test_runs_over_other_documents_are_told(tmp_path: Path) -> None:
    a = made(tmp_path, "a", {})
    assert "different documents" not in comparison_text(a, a, compare(a, a))
    (tmp_path / "documents" / "mill.txt").write_text("The mill opened in 1872.", encoding="utf-8")
    b = made(tmp_path, "b", {})
    assert "over different documents" in comparison_text(a, b, compare(a, b))
    assert [one.n for one in versus([a, b])] == [4, 4], "each has a table of its own"


def test_runs_without_a_case_in_common_are_refused(tmp_path: Path) -> None:
    a, b = made(tmp_path, "a", {}), made(tmp_path, "b", {})
    asked = write_cases(b.path / "cases.jsonl", [replace(c, question="Why?") for c in CASES])
    assert asked.exists()
    with pytest.raises(EvaluationError, match="in common"):
        compare(a, b)
