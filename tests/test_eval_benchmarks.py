"""Running benchmarks on tiny sets with real code paths: a real index, real search, real grounding,
fakes for the models. Every figure is worked by hand.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmark_examples import (
    APPLE,
    RIVER,
    ROBOT,
    PathEngine,
    Tools,
    engine_setup,
    squad_file,
    write_lines,
)
from test_eval_benchmark_sets import beir_files, multihop_files, rgb_files

from eval import __main__ as command_line
from eval.benchmarks import (
    Claim,
    Passage,
    Question,
    Set,
    Terms,
    benchmark,
    figures_text,
    read_set,
    running,
    write_benchmark_page,
)
from eval.benchmarks.asking import windows
from eval.engines.record import Cited, Reply, Said
from eval.errors import EvaluationError
from eval.runs import provenance

SPANS = {"When was the river dammed?": "1931", "What is the robot called?": "called Pim"}
REPLIES: dict[str, Reply | Exception] = {
    "When was the river dammed?": Reply(
        "The river Tarn was dammed in 1931.", False, (Cited("000000.txt", 12, 46, RIVER[:34]),)
    ),
    "What is the robot called?": Reply(
        "It is called Bob.", False, (Cited("000000.txt", 0, 1, "T"),)
    ),
    "Who owns the robot?": Reply("The documents do not say.", True),
}


@pytest.fixture
def squad(tmp_path: Path) -> Set:
    squad_file(tmp_path / "data" / "dev-v2.0.json")
    return read_set("squad", tmp_path / "data")


def test_squad_reports_spans_ranks_and_whole_answers(squad: Set, tmp_path: Path) -> None:
    engine = PathEngine(REPLIES)
    found = benchmark(
        squad, tmp_path / "out", engine_setup(engine), tools=Tools(tmp_path / "home", SPANS),
        progress=False,
    )  # fmt: skip
    # "1931" is exact, "called Pim" is not: F1 2/3; the third has no answer and none was seen.
    assert found.value("reading", "span exact match") == pytest.approx(2 / 3)
    assert found.value("reading", "span F1") == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert found.value("reading", "span F1", "answerable") == pytest.approx((1 + 2 / 3) / 2)
    assert found.value("reading", "no-answer accuracy") == 1
    assert found.value("reading", "answered or not, AUC") == 1
    # Each paragraph has a topic of its own in the fake embedding, so search is perfect.
    assert found.value("ranking", "recall@1") == found.value("ranking", "nDCG@10") == 1
    assert found.value("ranking", "BM25 alone: recall@1") == 1
    assert found.value("answering", "answer holds the gold") == 0.5
    assert found.value("answering", "rejection rate") == 1
    assert found.value("answering", "citations in a relevant passage") == 0.5
    assert (found.asked, found.failed, found.passages) == (3, 0, 3)


def test_what_is_finished_is_kept_and_what_was_only_needed_to_run_is_deleted(
    squad: Set, tmp_path: Path
) -> None:
    tools, out = Tools(tmp_path / "home", SPANS), tmp_path / "out"
    first = benchmark(squad, out, engine_setup(PathEngine(REPLIES)), tools=tools, progress=False)
    assert not (out / "passages").exists() and not list((tmp_path / "home" / "indexes").iterdir())
    idle = Tools(tmp_path / "home", {})
    again = benchmark(squad, out, engine_setup(PathEngine({})), tools=idle, progress=False)
    assert again == first and idle.opened == 0
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["asked"] == 3


def test_an_interrupted_benchmark_goes_on_where_it_was(squad: Set, tmp_path: Path) -> None:
    class Dying(PathEngine):
        def ask(self, question: str, **more: Any) -> Reply:
            if len(self.given) == 2:
                raise KeyboardInterrupt
            return super().ask(question, **more)

    tools, out = Tools(tmp_path / "home", SPANS), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        benchmark(squad, out, engine_setup(Dying(REPLIES)), tools=tools, progress=False)
    engine = PathEngine(REPLIES)
    found = benchmark(squad, out, engine_setup(engine), tools=tools, progress=False)
    assert len(engine.given) == 1 and found.value("answering", "answer holds the gold") == 0.5


def test_a_failing_question_is_recorded_counts_as_wrong_and_is_asked_again(
    squad: Set, tmp_path: Path
) -> None:
    failing = REPLIES | {"When was the river dammed?": RuntimeError("out of cheese")}
    tools, out = Tools(tmp_path / "home", SPANS), tmp_path / "out"
    found = benchmark(squad, out, engine_setup(PathEngine(failing)), tools=tools, progress=False)
    assert found.failed == 1 and found.value("answering", "answer holds the gold") == 0
    engine = PathEngine(REPLIES)
    again = benchmark(squad, out, engine_setup(engine), tools=tools, progress=False)
    assert list(engine.given) == ["When was the river dammed?"] and again.failed == 0


def test_without_an_engine_nothing_is_answered(squad: Set, tmp_path: Path) -> None:
    tools = Tools(tmp_path / "home", SPANS)
    found = benchmark(squad, tmp_path / "out", None, tools=tools, progress=False)
    assert {one.task for one in found.measures} == {"reading", "ranking"}
    assert "no engine" in figures_text(found)


def test_a_folder_with_another_run_is_refused(squad: Set, tmp_path: Path) -> None:
    tools, out = Tools(tmp_path / "home", SPANS), tmp_path / "out"
    benchmark(squad, out, None, tools=tools, progress=False)
    for other, setup, terms in (
        (replace(squad, sha256="0"), None, Terms()),
        (squad, engine_setup(PathEngine(REPLIES)), Terms()),
        (squad, None, Terms(passages=2)),
    ):
        with pytest.raises(EvaluationError, match="name a new folder"):
            benchmark(other, out, setup, terms, tools=tools, progress=False)


def test_figures_of_one_reader_are_not_gone_on_with_by_another(
    squad: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, out = Tools(tmp_path / "home", SPANS), tmp_path / "out"
    benchmark(squad, out, None, tools=tools, progress=False)
    monkeypatch.setattr(provenance, "models_of", lambda *_, **__: {"reader": "another"})
    with pytest.raises(EvaluationError, match="other models; name a new folder"):
        benchmark(squad, out, None, tools=tools, progress=False)


def test_fewer_passages_keep_those_that_are_needed_and_say_so(squad: Set, tmp_path: Path) -> None:
    tools = Tools(tmp_path / "home", SPANS)
    terms = Terms(limit=1, passages=2)
    found = benchmark(squad, tmp_path / "out", None, terms, tools=tools, progress=False)
    assert found.passages == 2 and found.value("ranking", "recall@10") == 1
    assert "Only 2 of 3 passages" in figures_text(found)


def test_rgb_gives_each_question_its_own_documents_and_tells_each_part(tmp_path: Path) -> None:
    rgb_files(tmp_path / "data")
    engine = PathEngine({
        "When was Pim built?": Reply("In 1988.", False),
        "When and where?": Reply("In 1988, in Oslo.", False),
        "Who built Pim?": Reply("Per Holm built Pim.", False),
    })  # fmt: skip
    spec = read_set("rgb", tmp_path / "data")
    found = benchmark(
        spec, tmp_path / "out", engine_setup(engine), tools=Tools(tmp_path / "home", {}),
        progress=False,
    )  # fmt: skip
    assert all(paths is not None and len(paths) in (1, 5) for paths in engine.given.values())
    for noise in (0.2, 0.4, 0.6, 0.8):
        assert found.value("answering", "answer holds the gold", f"noise {noise}") == 1
    assert found.value("answering", "rejection rate", "rejection") == 0
    assert found.value("answering", "answer holds the gold", "integration") == 0
    assert found.value("answering", "error detection rate", "counterfactual") == 0
    assert found.value("answering", "gives the planted wrong answer", "counterfactual") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply("I do not know.", True),
        Reply("Per Holm, or Ada Quill.", False,
              sentences=(Said("Per Holm, or Ada Quill.", "conflicting", ()),)),
    ],
)  # fmt: skip
def test_abstaining_or_showing_a_disagreement_detects_a_planted_error(
    tmp_path: Path, reply: Reply
) -> None:
    rgb_files(tmp_path / "data")
    spec = read_set("rgb", tmp_path / "data")
    only = replace(spec, questions=tuple(q for q in spec.questions if q.fake))
    engine = engine_setup(PathEngine({"Who built Pim?": reply}))
    tools = Tools(tmp_path / "home", {})
    found = benchmark(only, tmp_path / "out", engine, tools=tools, progress=False)
    assert found.value("answering", "error detection rate") == 1
    assert found.value("answering", "gives the planted wrong answer") == 0


def test_beir_ranks_with_graded_gains_over_all_passages(tmp_path: Path) -> None:
    beir_files(tmp_path / "data")
    spec = read_set("beir", tmp_path / "data")
    tools = Tools(tmp_path / "home", {})
    found = benchmark(spec, tmp_path / "out", None, tools=tools, progress=False)
    # "river" finds d1 (gain 2) first; d2 (gain 1) shares nothing and comes second or third:
    # (2 + 1/log2(3)) or (2 + 1/log2(4)) of 2 + 1/log2(3).
    best = 2 + 1 / 1.584962500721156
    worst = (2 + 0.5) / best
    assert worst - 1e-9 <= found.value("ranking", "nDCG@10") <= 1
    assert found.value("ranking", "recall@1") == 0.5
    assert found.value("ranking", "MRR@10") == 1
    assert found.value("ranking", "BM25 alone: recall@10") == 0.5


def test_multihop_rag_looks_for_its_facts_in_the_passages_found(tmp_path: Path) -> None:
    multihop_files(tmp_path / "data")
    spec = read_set("multihop-rag", tmp_path / "data")
    engine = PathEngine({
        "How many mills?": Reply("Forty mills.", False), "Who sang?": Reply("Nobody says.", True),
    })  # fmt: skip
    found = benchmark(
        spec, tmp_path / "out", engine_setup(engine), tools=Tools(tmp_path / "home", {}),
        progress=False,
    )  # fmt: skip
    assert found.value("ranking", "a fact in a passage, Hits@4") == 1
    assert found.value("ranking", "a fact in a passage, MRR@10") == 1
    assert found.value("ranking", "a fact in a passage, MAP@10") == 1
    assert found.value("answering", "answer holds the gold") == 1
    assert found.value("answering", "rejection rate", "null_query") == 1


def test_a_question_that_is_also_a_document_is_not_found_by_itself(tmp_path: Path) -> None:
    passages = (Passage("q1", RIVER), Passage("d1", ROBOT))
    asked = (Question("q1", RIVER, "en", relevant={"d1": 1.0}),)
    spec = Set("own", "0", ("ranking",), passages, asked)
    tools = Tools(tmp_path / "home", {})
    found = benchmark(spec, tmp_path / "out", None, tools=tools, progress=False)
    assert found.value("ranking", "recall@1") == 1


def claim(id: str, text: str, supported: bool) -> Claim:
    return Claim(id, text, (RIVER, ROBOT, APPLE), supported)


def test_claims_go_through_the_whole_grounding_check_and_the_verifier_alone(tmp_path: Path) -> None:
    spec = Set("own", "0", ("grounding",), claims=(
        claim("1", "The river Tarn was dammed in 1931.", True),
        claim("2", "The river Tarn was dammed in 1932.", False),  # the number is not in the source
        claim("3", "Forty mills stood on the river before that.", True),
        claim("4", "Zebras gallop quickly. Forty mills stood on the river before that.", False),
    ))  # fmt: skip
    tools = Tools(tmp_path / "home", {})
    found = benchmark(spec, tmp_path / "out", None, tools=tools, progress=False)
    assert found.value("grounding", "accuracy") == 1
    assert found.value("grounding", "balanced accuracy") == 1
    assert found.value("grounding", "supported, accepted") == 1
    assert found.value("grounding", "unsupported, refused") == 1
    assert found.value("grounding", "F1 of unsupported") == 1
    # The verifier alone: 1, 6/7, 1, 0; every true one is above every false one.
    assert found.value("grounding", "AUC of the verifier") == 1
    rows = (tmp_path / "out" / "grounding.jsonl").read_text(encoding="utf-8").splitlines()
    reasons = {row["id"]: row["reason"] for row in map(json.loads, rows)}
    assert reasons["1"] is None and "1932" in reasons["2"]
    scores = {row["id"]: row["score"] for row in map(json.loads, rows)}
    assert scores == {"1": 1, "2": pytest.approx(6 / 7, abs=1e-4), "3": 1, "4": 0}


def test_a_long_text_is_cut_into_windows_of_whole_sentences() -> None:
    def words(text: str) -> int:
        return len(text.split())

    text = "".join(f"Sentence number {n} has exactly seven words. " for n in range(100))
    parts = windows(text, "en", words)
    assert "".join(parts) == text and all(words(part) <= 300 for part in parts)
    assert windows("Short.", "en", words) == ["Short."]
    given = [f"Sentence number {n} has exactly seven words." for n in range(100)]
    joined = windows(" ".join(given), "en", words, given)
    assert " ".join(joined) == " ".join(given) and len(joined) == len(parts)


def test_when_nothing_can_be_measured_the_first_reason_is_told(tmp_path: Path) -> None:
    spec = Set("own", "0", ("grounding",), claims=(claim("1", "The river.", True),))

    class Broken(Tools):
        def reader(self, index: object) -> Any:
            class Fails:
                def entails(self, pairs: object) -> list[float]:
                    raise RuntimeError("out of cheese")

            return Fails()

    with pytest.raises(EvaluationError, match="out of cheese"):
        benchmark(spec, tmp_path / "out", None, tools=Broken(tmp_path / "h", {}), progress=False)


def test_two_benchmarks_into_one_folder_are_refused(squad: Set, tmp_path: Path) -> None:
    write_lines(tmp_path / "out" / "run.json", [{"cases": "x"}])
    with pytest.raises(EvaluationError, match="name a new folder"):
        benchmark(squad, tmp_path / "out", None, tools=Tools(tmp_path / "h", {}), progress=False)


def test_the_command_prints_the_figures_and_where_every_question_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    squad_file(tmp_path / "data" / "dev-v2.0.json")
    monkeypatch.setattr(running, "Models", lambda: Tools(tmp_path / "home", SPANS))
    monkeypatch.setattr(command_line, "setup", lambda _: engine_setup(PathEngine(REPLIES)))
    out = tmp_path / "out"
    arguments = ["benchmark", "squad", "--data", str(tmp_path / "data"), "--out", str(out)]
    assert command_line.main([*arguments, "--limit", "2"]) == 0
    shown = capsys.readouterr().out
    assert "squad, fake: 2 asked over 3 passages" in shown and "span exact match" in shown
    assert f"Every question: {out / 'report.html'}" in shown
    page = (out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|url\(|@import", page)
    assert command_line.main([*arguments, "--engine", "none"]) == 2
    assert "other engine" in capsys.readouterr().err
    assert command_line.main(["report", str(out)]) == 0


def test_a_task_can_be_run_by_itself(squad: Set, tmp_path: Path) -> None:
    engine, tools = PathEngine(REPLIES), Tools(tmp_path / "home", SPANS)
    terms = Terms(tasks=("answering",))
    found = benchmark(
        squad, tmp_path / "out", engine_setup(engine), terms, tools=tools, progress=False
    )
    assert {one.task for one in found.measures} == {"answering"}
    with pytest.raises(EvaluationError, match="no task grounding; it has reading, ranking"):
        benchmark(squad, tmp_path / "out", None, Terms(tasks=("grounding",)), tools=tools)


def test_an_answer_with_a_line_separator_is_still_one_row_and_a_broken_row_is_named(
    squad: Set, tmp_path: Path
) -> None:
    told = dict(REPLIES) | {"What is the robot called?": Reply("It is\u2028Pim.\x85", False)}
    engine, out = engine_setup(PathEngine(told)), tmp_path / "out"
    tools, terms = Tools(tmp_path / "home", SPANS), Terms(tasks=("answering",))
    found = benchmark(squad, out, engine, terms, tools=tools, progress=False)
    assert found.value("answering", "answer holds the gold") == 1
    write_benchmark_page(out)
    with (out / "answering.jsonl").open("a", encoding="utf-8") as file:
        file.write("[]\n")
    with pytest.raises(EvaluationError, match="Line 4 of .*answering.jsonl' is no row"):
        benchmark(squad, out, engine, terms, tools=tools, progress=False)
