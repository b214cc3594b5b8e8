"""Sentences out of a stream."""

import pytest

from qa.write import sentences

ENGLISH = "Ana Lund, of the U.S. office, signed it on 3.5.2019 [1]. It was the second time [2, 3].\n- Per Holm came too."
KOREAN = "한빛도서관은 2019년 3월에 문을 열었습니다 [1]. 관장은 김하늘입니다.\n방문객은 3.5만 명이었습니다."


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            ENGLISH,
            "en",
            [
                "Ana Lund, of the U.S. office, signed it on 3.5.2019.",
                "It was the second time.",
                "Per Holm came too.",
            ],
        ),
        (
            KOREAN,
            "ko",
            [
                "한빛도서관은 2019년 3월에 문을 열었습니다.",
                "관장은 김하늘입니다.",
                "방문객은 3.5만 명이었습니다.",
            ],
        ),
    ],
)
def test_wherever_the_stream_is_cut_the_sentences_are_the_same(text, language, expected) -> None:
    assert list(sentences([text], language)) == expected
    assert list(sentences(list(text), language)) == expected
    for at in range(len(text)):
        assert list(sentences([text[:at], text[at:]], language)) == expected, at


def test_a_sentence_is_yielded_before_the_stream_ends() -> None:
    def pieces():
        yield "Ana Lund signed it. It was "
        raise AssertionError("read on before the first sentence was taken")

    assert next(sentences(pieces(), "en")) == "Ana Lund signed it."


def test_a_bare_marker_is_no_sentence() -> None:
    assert list(sentences(["[1]"], "en")) == []
