"""Scoring one case, and averaging many."""

import json
from dataclasses import replace

import pytest
from eval_examples import BRIDGE_LENGTH, CASES, CORPUS, MILL_OWNER, REPLIES, case, cite

from eval.cases import Case, Evidence
from eval.engines.record import Cited, Passed, Record, Reply, Said
from eval.runs import summary
from eval.runs.score import Score, score
from eval.runs.summary import Summary, figures


def scored(one: Case, reply: Reply, seconds: float = 1.0) -> Score:
    return score(one, Record.of(one.id, reply, seconds), CORPUS)


def test_a_right_answer_with_its_citation_has_no_complaints() -> None:
    result = scored(case(), REPLIES[case().question])
    assert result.right and result.reasons == ()
    assert (result.citation_precision, result.citation_recall) == (1, 1)
    assert result.cited_exact == (True,)


def test_a_wrong_answer_says_what_is_missing_and_what_must_not_be_said() -> None:
    one = case(must_not_include=("1872",))
    result = scored(one, Reply("It opened in 1872.", False))
    assert not result.right
    assert [reason.split(":")[0] for reason in result.reasons] == ["Missing", "Must not be said"]


def test_abstaining_from_an_answerable_case_is_not_right() -> None:
    result = scored(case(), Reply("1871 is not certain.", True))
    assert not result.right and "Abstained" in result.reasons[0]
    assert result.citation_recall is None and result.token_f1 is None


def test_a_refusal_is_right_when_it_abstains_and_says_so() -> None:
    assert scored(MILL_OWNER, Reply("The documents do not say.", True)).right
    assert not scored(MILL_OWNER, Reply("Sorry.", True)).right
    answered = scored(MILL_OWNER, Reply("The documents do not say.", False))
    assert not answered.right and "Answered" in answered.reasons[0]


def test_an_answer_in_the_wrong_language_is_noticed() -> None:
    result = scored(BRIDGE_LENGTH, Reply("The bridge is 48m long.", False))
    assert result.language is False and result.right


def test_a_citation_is_exact_only_where_the_quote_stands_at_its_span() -> None:
    good = cite("mill.txt", "opened in 1871")
    shifted = replace(good, start=good.start + 1, end=good.end + 1)
    beyond = Cited("mill.txt", 10_000, 10_003, "abc")
    backwards = Cited("mill.txt", -4, -1, "es.")
    elsewhere = replace(good, file="none.txt")
    cited = (good, shifted, beyond, backwards, elsewhere)
    result = scored(case(), Reply("It opened in 1871.", False, cited))
    assert result.cited_exact == (True, False, False, False, False)
    assert result.cited_right == (True, True, False, False, False)
    assert sum("Quote is not" in reason for reason in result.reasons) == 4


def test_recall_counts_every_quote_and_precision_every_citation() -> None:
    one = case(
        evidence=(Evidence("mill.txt", "opened in 1871"), Evidence("mill.txt", "eleven metres"))
    )
    cited = (cite("mill.txt", "1871"), cite("bridge.txt", "48미터"), cite("mill.txt", "barley"))
    result = scored(one, Reply("1871", False, cited))
    assert result.evidence_cited == (True, False)
    assert result.citation_recall == 0.5
    assert result.citation_precision == pytest.approx(1 / 3)


def test_a_failed_case_is_wrong_and_counts_in_no_other_figure() -> None:
    failed = score(case(), Record.failure(case().id, "ModelError: gone", 3.0), CORPUS)
    assert not failed.right and failed.reasons == ("No reply: ModelError: gone",)
    made = figures([failed, scored(case(), REPLIES[case().question])])
    assert made["correct"].value == 0.5
    assert made["seconds_p50"].n == 1 and made["language"].n == 1
    assert made["answered"].value == 0.5


def test_figures_average_over_the_cases_they_apply_to() -> None:
    replies = dict(REPLIES) | {MILL_OWNER.question: Reply("Ada Quill owns it.", False)}
    scores = [scored(one, replies[one.question], i + 1.0) for i, one in enumerate(CASES)]
    made = figures(scores)
    assert (made["right"].n, made["right"].value) == (4, 0.75)
    assert (made["correct"].n, made["correct"].value) == (3, 1)
    assert (made["refused"].n, made["refused"].value) == (1, 0)
    assert made["citation_recall"].n == 3
    assert made["abstention_recall"].value == 0
    assert (made["seconds_p50"].value, made["seconds_p95"].value) == (2, 4)
    assert "first_sentence_p50" not in made
    assert made["right"].low <= 0.75 <= made["right"].high
    assert list(summary.by_kind(scores)) == ["single", "numeric", "follow_up", "unanswerable"]
    assert summary.by_language(scores)["ko"]["right"].n == 1


def test_records_scores_and_summaries_survive_json() -> None:
    cited = (cite("bridge.txt", "48미터"),)
    record = Record.of("x", Reply("48미터", False, cited, first_sentence=0.5), 1.5)
    assert Record.read(record.line()) == record
    assert list(json.loads(record.line()))[:5] == [
        "id",
        "answer",
        "abstained",
        "citations",
        "seconds",
    ]
    result = scored(BRIDGE_LENGTH, record)
    assert Score.read(json.loads(json.dumps(result.as_json()))) == result
    whole = Summary("c", "0", "fake", 1, 1, 0, figures([result]), summary.by_kind([result]), {})
    assert Summary.read(json.loads(json.dumps(whole.as_json()))) == whole


def test_the_passages_found_are_scored_by_the_evidence_they_hold() -> None:
    two = case(
        evidence=(Evidence("mill.txt", "opened in 1871"), Evidence("mill.txt", "diary of 312"))
    )
    beside, on = Passed("bridge.txt", 0, 30, 0.9), Passed("mill.txt", 0, 80, 0.8)
    result = scored(two, Reply("In 1871.", False, passages=(beside, on)))
    assert result.found_at == (2, None)
    assert (result.retrieval_recall, result.retrieval_mrr) == (0.5, 0.5)
    nothing = scored(two, Reply("In 1871.", False))
    assert (nothing.found_at, nothing.retrieval_recall) == ((None, None), 0)
    assert scored(MILL_OWNER, Reply("No.", True, passages=(on,))).retrieval_recall is None


def test_sentences_are_scored_by_the_words_of_their_quotes() -> None:
    quote = cite("mill.txt", "The mill on Copper Lane opened in 1871")
    said = (
        Said("The mill opened in 1871.", "supported", (quote,), 0.9),
        Said("It is blue.", "supported", (quote,), 0.2),
    )
    result = scored(case(), Reply("x 1871", False, (quote,), sentences=said))
    # All words of the first are in its quote, none of the second's.
    assert (result.groundedness, result.alce_recall, result.alce_precision) == (0.5, 0.5, 0.5)
    assert result.grounding == (0.9, 0.2) and result.grounded_right == (True, True)


def test_figures_hold_retrieval_tokens_memory_and_calibration() -> None:
    quote = cite("mill.txt", "opened in 1871")
    said = (Said("The mill opened in 1871.", "supported", (quote,), 0.8),)
    record = Record.of(
        case().id, Reply("x", False, sentences=said, tokens_read=120, tokens_written=20), 1.0
    )
    made = figures([score(case(), replace(record, memory=512.0), CORPUS)])
    assert made["tokens_read"].value == 120 and made["memory"].value == 512
    # One sentence at 0.8 whose quote lies on the evidence: off by 0.2.
    assert made["calibration_error"].value == pytest.approx(0.2)
    assert made["retrieval_recall"].value == 0


def test_a_record_and_a_score_survive_their_files() -> None:
    quote = cite("mill.txt", "opened in 1871")
    said = (Said("The mill opened in 1871.", "supported", (quote,), 0.8),)
    reply = Reply("x", False, (quote,), sentences=said, passages=(Passed("mill.txt", 0, 80, 0.8),))
    record = replace(Record.of(case().id, reply, 1.0), memory=512.0)
    assert Record.read(record.line()) == record
    result = score(case(), record, CORPUS)
    assert Score.read(json.loads(json.dumps(result.as_json()))) == result
