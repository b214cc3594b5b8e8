"""Text for comparison, and the way back to the original."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from eval.text import Folded, fold, occurrences
from sources import Span


def test_width_case_and_white_space_do_not_matter() -> None:
    assert fold("Ａ.I.  서울\n\tForum ") == "a.i. 서울 forum"
    assert fold("Straße") == fold("STRASSE")


@settings(deadline=None)
@given(st.text())
@example("한글 ㄱㅏ")
@example("A\u0327\u030a")
@example("\u1100\u1161\u11a8 가\u11a8")
@example("ﬁne\u00a0 \u2003print")
@example("\u0344 \u0cc6\u0cc2\u0cd5")
def test_folding_with_offsets_gives_the_same_text(text: str) -> None:
    assert Folded.of(text).text == fold(text)


@settings(deadline=None)
@given(st.text(max_size=20), st.text(min_size=1, max_size=10), st.text(max_size=20))
def test_a_quotation_is_found_and_its_span_folds_to_it(before: str, quote: str, after: str) -> None:
    text = unicodedata.normalize("NFC", f"{before} {quote} {after}")
    for span in Folded.of(text).find(quote):
        assert fold(quote) in fold(text[span.start : span.end])


def test_a_span_found_after_folding_holds_the_words_of_the_original() -> None:
    text = "In ﬁve  Years,\nSEOUL will …"
    (span,) = Folded.of(text).find("five years, seoul")
    assert text[span.start : span.end] == "ﬁve  Years,\nSEOUL"


def test_every_occurrence_is_found_and_an_empty_quotation_nowhere() -> None:
    assert occurrences("abcabca", "abca") == (Span(0, 4), Span(3, 7))
    assert occurrences("abc", "") == ()
    assert Folded.of("abc").find("  ") == ()
