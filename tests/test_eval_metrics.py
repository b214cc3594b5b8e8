"""Every metric, worked by hand."""

import numpy as np
import pytest

from eval import metrics
from eval.metrics import Detection, Place
from sources import Span


def test_a_group_is_met_by_any_of_its_alternatives() -> None:
    groups = (("1871", "eighteen seventy-one"), ("Ada Quill",))
    assert metrics.unmet("ADA  QUILL, eighteen Seventy-one", groups) == ()
    assert metrics.unmet("In 1871.", groups) == (("Ada Quill",),)


def test_a_forbidden_text_is_found_whatever_its_case() -> None:
    assert metrics.forbidden("It was Built in 1872.", ("built IN 1872", "1873")) == (
        "built IN 1872",
    )


@pytest.mark.parametrize(
    ("abstained", "answerable", "met", "right"),
    [
        (False, True, True, True),
        (True, True, True, False),  # abstaining is no answer, whatever its text holds
        (False, True, False, False),
        (True, False, True, True),
        (True, False, False, False),  # an abstention that says what it must not
        (False, False, True, False),
    ],
)
def test_right_means_met_and_abstained_only_when_called_for(
    abstained: bool, answerable: bool, met: bool, right: bool
) -> None:
    assert metrics.is_right("text", abstained, answerable, met=met) is right


def test_an_empty_answer_is_never_right() -> None:
    assert not metrics.is_right(" ", abstained=True, answerable=False, met=True)


def place(start: int, end: int, file: str = "a") -> Place:
    return Place(file, Span(start, end))


def test_spans_overlap_when_they_share_a_character_of_the_same_file() -> None:
    assert metrics.overlaps(place(0, 5), [place(4, 9)])
    assert not metrics.overlaps(place(0, 5), [place(5, 9)])
    assert not metrics.overlaps(place(0, 5), [place(0, 5, "b")])
    assert not metrics.overlaps(place(3, 3), [place(0, 5)])


def test_citation_precision_is_the_share_of_citations_on_the_evidence() -> None:
    cited = [place(0, 5), place(20, 25), place(2, 3, "b")]
    assert metrics.citation_precision(cited, [place(4, 9)]) == pytest.approx(1 / 3)
    assert metrics.citation_precision([], [place(4, 9)]) is None


def test_citation_recall_is_the_share_of_quotes_cited_at_any_of_their_places() -> None:
    evidence = [[place(0, 5), place(50, 55)], [place(20, 25)], []]
    assert metrics.citation_recall([place(52, 60)], evidence) == pytest.approx(1 / 3)
    assert metrics.citation_recall([], evidence) == 0
    assert metrics.citation_recall([place(0, 1)], []) is None


def test_hangul_is_counted_by_words_with_letters() -> None:
    assert metrics.hangul_share("Google과 IBM이 2024 OpenAI") == pytest.approx(2 / 3)
    assert metrics.hangul_share("1,234 - 5") is None


@pytest.mark.parametrize(
    ("text", "language", "matches"),
    [
        ("Google, Amazon, IBM, Microsoft입니다.", "ko", True),
        ("The bridge is 48 metres long.", "ko", False),
        ("The bridge (돌다리) is long.", "en", True),
        ("다리의 길이는 48미터이다.", "en", False),
        ("48", "ko", None),
        ("Le pont", "fr", None),
    ],
)
def test_the_language_of_an_answer_is_told_by_its_hangul(
    text: str, language: str, matches: bool | None
) -> None:
    assert metrics.language_matches(text, language) is matches


def test_exact_match_forgives_case_articles_and_punctuation_only() -> None:
    assert metrics.exact_match("The Copper Lane!", "copper lane", "en")
    assert not metrics.exact_match("on Copper Lane", "Copper Lane", "en")
    assert metrics.exact_match("「돌다리」 48 미터", "돌다리 48미터", "ko")


def test_token_f1_is_worked_by_words_in_english() -> None:
    # "mill opened in 1871" and "it opened in 1871": 3 shared of 4 and 4.
    assert metrics.token_f1("The mill opened in 1871.", "It opened in 1871", "en") == 0.75


def test_token_f1_is_worked_by_characters_in_korean() -> None:
    # "48미터입니다" (7) and "48미터" (4): 4 shared, 2 * 4 / 11.
    assert metrics.token_f1("48미터입니다.", "48 미터", "ko") == pytest.approx(8 / 11)


def test_token_f1_of_nothing_is_one_only_against_nothing() -> None:
    assert metrics.token_f1("...", "the", "en") == 1
    assert metrics.token_f1("", "1871", "en") == 0


def test_abstaining_is_scored_as_a_detection() -> None:
    # Abstained on 1, 2, 3; called for on 2, 3, 4, 5: two of three, two of four.
    predicted = [True, True, True, False, False, False]
    wanted = [False, True, True, True, True, False]
    assert metrics.detection(predicted, wanted) == Detection(2 / 3, 0.5, pytest.approx(4 / 7))
    assert metrics.detection([False], [True]) == Detection(0, 0, 0)


def test_percentiles_are_values_that_occurred() -> None:
    seconds = [9.0, 1.0, 2.0, 4.0]
    assert metrics.percentile(seconds, 0.5) == 2
    assert metrics.percentile(seconds, 0.95) == 9


def test_the_bootstrap_interval_of_a_constant_is_the_constant() -> None:
    interval = metrics.bootstrap(np.full(7, 0.5), lambda rows: float(rows.mean()))
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_the_bootstrap_interval_of_a_share_is_near_the_binomial_one_and_repeatable() -> None:
    half = np.repeat([0.0, 1.0], 50)
    first = metrics.bootstrap(half, lambda rows: float(rows.mean()))
    # 0.5 -+ 1.96 * sqrt(0.25 / 100)
    assert first.low == pytest.approx(0.402, abs=0.02)
    assert first.high == pytest.approx(0.598, abs=0.02)
    assert metrics.bootstrap(half, lambda rows: float(rows.mean())) == first


def test_the_permutation_test_is_exact() -> None:
    # Five changes, all gains: 2 of the 32 ways are as extreme.
    assert metrics.permutation_p(5, 0) == 2 / 32
    # Seven changes, one loss: (1 + 7) ways on either side, of 128.
    assert metrics.permutation_p(6, 1) == 2 * 8 / 128
    assert metrics.permutation_p(3, 3) == 1
    assert metrics.permutation_p(0, 0) == 1
