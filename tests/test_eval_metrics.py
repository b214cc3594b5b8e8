"""Every metric, worked by hand."""

from collections.abc import Sequence

import pytest

from eval.metrics import answers
from eval.metrics.answers import Place
from sources import Span


def test_a_group_is_met_by_any_of_its_alternatives() -> None:
    groups = (("1871", "eighteen seventy-one"), ("Ada Quill",))
    assert answers.unmet("ADA  QUILL, eighteen Seventy-one", groups) == ()
    assert answers.unmet("In 1871.", groups) == (("Ada Quill",),)


def test_a_forbidden_text_is_found_whatever_its_case() -> None:
    assert answers.forbidden("It was Built in 1872.", ("built IN 1872", "1873")) == (
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
    assert answers.is_right("text", abstained, answerable, met=met) is right


def test_an_empty_answer_is_never_right() -> None:
    assert not answers.is_right(" ", abstained=True, answerable=False, met=True)


def place(start: int, end: int, file: str = "a") -> Place:
    return Place(file, Span(start, end))


def test_spans_overlap_when_they_share_a_character_of_the_same_file() -> None:
    assert answers.overlaps(place(0, 5), [place(4, 9)])
    assert not answers.overlaps(place(0, 5), [place(5, 9)])
    assert not answers.overlaps(place(0, 5), [place(0, 5, "b")])
    assert not answers.overlaps(place(3, 3), [place(0, 5)])


def test_citation_precision_is_the_share_of_citations_on_the_evidence() -> None:
    cited = [place(0, 5), place(20, 25), place(2, 3, "b")]
    assert answers.citation_precision(cited, [place(4, 9)]) == pytest.approx(1 / 3)
    assert answers.citation_precision([], [place(4, 9)]) is None


def test_citation_recall_is_the_share_of_quotes_cited_at_any_of_their_places() -> None:
    evidence = [[place(0, 5), place(50, 55)], [place(20, 25)], []]
    assert answers.citation_recall([place(52, 60)], evidence) == pytest.approx(1 / 3)
    assert answers.citation_recall([], evidence) == 0
    assert answers.citation_recall([place(0, 1)], []) is None


def test_hangul_is_counted_by_words_with_letters() -> None:
    assert answers.hangul_share("Google과 IBM이 2024 OpenAI") == pytest.approx(2 / 3)
    assert answers.hangul_share("1,234 - 5") is None


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
    assert answers.language_matches(text, language) is matches


def supports(sentence: str, quotes: Sequence[str]) -> bool:
    """Support means here: every word of the sentence is in the quotes."""
    return set(sentence.split()) <= set(" ".join(quotes).split())


def test_alce_recall_is_the_share_of_sentences_their_citations_support() -> None:
    sentences = [("a b", ["a", "b"]), ("c", ["d"]), ("e", [])]
    assert answers.alce(sentences, supports)[1] == pytest.approx(1 / 3)


def test_alce_precision_leaves_out_citations_that_nothing_needs() -> None:
    # "a b" needs both; "c" is held by the first quote alone, so the second is irrelevant;
    # the citation of an unsupported sentence is irrelevant: 2 + 1 of 5.
    sentences = [("a b", ["a", "b"]), ("c", ["c", "x"]), ("y", ["z"])]
    assert answers.alce(sentences, supports)[0] == pytest.approx(3 / 5)


def test_alce_keeps_a_citation_that_supports_alone_beside_another_that_does() -> None:
    assert answers.alce([("c", ["c", "c d"])], supports) == (1, 1)


def test_alce_leaves_out_sentences_that_cannot_be_judged() -> None:
    assert answers.alce([("c", ["c"])], lambda *_: None) == (None, None)
