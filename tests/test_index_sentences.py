import pytest

from index.sentences import LONGEST_SENTENCE, split


def texts(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split(text, 0, len(text), language)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("She moved to the U.S. in 1990.", "Her brother stayed."),
        ("The bridge opened on Jan. 3 of that year.", "It closed again."),
        ("Mr. Harlow and Dr. Voss spoke.", "Nobody listened."),
        ("Prices rose 3.5 percent.", "Wages did not."),
        ('"Is it safe?" he asked.', "She nodded."),
        ('He said, "It is done."', "Then he left."),
        ("The café 😀 — it was old — burnt down!", "It was rebuilt."),
        ("See Fig. 3 for the figures.", "They are rounded."),
    ],
)
def test_english_is_split_where_a_reader_would(first: str, second: str) -> None:
    assert texts(f"{first} {second}") == [first, second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("다리는 1990년에 열렸다.", "그 뒤로 닫힌 적이 없다."),
        ("물가가 3.5% 올랐다.", "임금은 그대로였다."),
        ('그는 "정말 안전합니까?"라고 물었다.', "아무도 답하지 않았다."),
        ("시장은 “다리가 튼튼하다. 걱정하지 말라.”고 말했다.", "기자들은 떠났다."),
        ("새 다리가 오늘 열렸다.", "‘강을 건너는 길(A Way Over)’을 주제로 한 행사도 있었다."),
        ("Harlow 시장은 Voss Bridge 개통식에 참석했다.", "축하 공연이 이어졌다."),
        ("😀 각국 대표가 모였어요!", "모두 즐거워했죠."),
    ],
)
def test_korean_is_split_where_a_reader_would(first: str, second: str) -> None:
    assert texts(f"{first} {second}", "ko") == [first, second]


def test_each_part_of_a_mixed_document_is_split_by_its_own_language() -> None:
    assert texts("다리가 열렸다. 축제가 있었다.", "en") == ["다리가 열렸다.", "축제가 있었다."]
    assert texts("Mr. Voss came. He left.", "ko") == ["Mr. Voss came.", "He left."]


def test_text_without_full_stops_is_cut_at_blanks() -> None:
    text = "word " * 1000
    parts = texts(text)
    assert max(map(len, parts)) <= LONGEST_SENTENCE
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


def test_text_without_blanks_is_cut_all_the_same() -> None:
    parts = texts("x" * 2000)
    assert "".join(parts) == "x" * 2000
    assert max(map(len, parts)) <= LONGEST_SENTENCE


def test_a_stretch_without_a_word_is_no_sentence_of_its_own() -> None:
    assert texts("It was rebuilt. * * *") == ["It was rebuilt. * * *"]
    assert texts("… … It was rebuilt.") == ["… … It was rebuilt."]
