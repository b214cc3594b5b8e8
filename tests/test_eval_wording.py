"""Exact match, F1 and support by words, worked by hand."""

import pytest

from eval.metrics import wording


def test_exact_match_forgives_case_articles_and_punctuation_only() -> None:
    assert wording.exact_match("The Copper Lane!", "copper lane", "en")
    assert not wording.exact_match("on Copper Lane", "Copper Lane", "en")


def test_punctuation_goes_before_articles_as_in_squads_evaluation() -> None:
    assert wording.normalised("A. Quill's a-line, the 3rd", "en") == "quills aline 3rd"


def test_korean_marks_become_blanks_and_blanks_count_in_exact_match() -> None:
    assert wording.normalised("《돌다리》(1902년)", "ko") == "돌다리 1902년"
    assert wording.exact_match("‘돌다리’ 1902년", "돌다리 1902년.", "ko")
    assert not wording.exact_match("48 미터", "48미터", "ko"), "KorQuAD keeps the blanks here"
    assert wording.exact_match("Ａ동", "a동", "ko")


def test_token_f1_is_worked_by_words_in_english() -> None:
    # "mill opened in 1871" and "it opened in 1871": 3 shared of 4 and 4.
    assert wording.token_f1("The mill opened in 1871.", "It opened in 1871", "en") == 0.75


def test_token_f1_is_worked_by_characters_in_korean() -> None:
    # "48미터입니다" (7) and "48미터" (4): 4 shared, 2 * 4 / 11.
    assert wording.token_f1("48미터입니다.", "48 미터", "ko") == pytest.approx(8 / 11)


def test_token_f1_of_nothing_is_one_only_against_nothing() -> None:
    assert wording.token_f1("...", "the", "en") == 1
    assert wording.token_f1("", "1871", "en") == 0


def test_the_gold_that_fits_best_counts() -> None:
    assert wording.best_of(("Pim", "called Pim"), "called Pim", "en") == (1, 1)
    assert wording.best_of((), "", "en") == (1, 1)
    assert wording.best_of((), "Pim", "en") == (0, 0)


@pytest.mark.parametrize(
    ("text", "gold", "language", "held"),
    [
        ("It was dammed in 1931.", "1931", "en", True),
        ("It cost 19310 crowns.", "1931", "en", False),
        ("The Kerr orchard's", "kerr orchards", "en", True),
        ("다리는 1902년에 놓였다", "1902 년", "ko", True),
        ("anything", "...", "en", False),
    ],
)
def test_an_answer_holds_a_gold_as_whole_words_and_in_korean_without_blanks(
    text: str, gold: str, language: str, held: bool
) -> None:
    assert wording.contains(text, [gold], language) is held


def test_words_supported_is_the_share_of_words_in_the_quotes() -> None:
    # river, was, dammed, in, 1931 of which "dammed" is missing; "the" does not count.
    quotes = ["The river was tamed", "in 1931"]
    assert wording.words_supported("The river was dammed in 1931.", quotes) == 0.8
    assert wording.words_supported("The river.", []) == 0
    assert wording.words_supported("...", ["river"]) is None


def test_korean_is_compared_by_pairs_of_letters() -> None:
    # 돌다 다리 리는 | 놓였 였다; "리는" and nothing else is missing from "돌다리가 놓였다".
    assert wording.words_supported("돌다리는 놓였다", ["돌다리가 놓였다"]) == 0.8


def test_what_is_in_another_script_cannot_be_compared() -> None:
    assert wording.words_supported("The bridge is long.", ["다리의 길이는 길다."]) is None
    assert wording.supported("The bridge is long.", ["다리의 길이는 길다."]) is None


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The river was dammed in 1931.", True),
        ("The river was dammed in 1932.", False),  # one word of five, but a number
        ("The river was dammed by beavers.", False),
    ],
)
def test_support_asks_for_most_words_and_every_number(sentence: str, supported: bool) -> None:
    assert wording.supported(sentence, ["The river Tarn was dammed in 1931."]) is supported


def test_numbers_are_the_same_with_and_without_commas() -> None:
    assert wording.numbers_supported("1,200 boats", ["1200 boats"])
    assert not wording.numbers_supported("12 boats", ["1200 boats"])
