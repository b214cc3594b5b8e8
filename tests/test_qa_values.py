"""Numbers, dates and names that a sentence must find in its quotes."""

import pytest

from qa.values import altered, garbled, hangul_share, missing, names, numbers


def found(text: str) -> set[tuple[str, str]]:
    return {(v.kind, v.value) for v in numbers(text)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sixteen firms", "16 firms"),
        ("28 October", "10월 28일"),
        ("October 28, 2025", "2025-10-28"),
        ("the fourth time", "네 번째"),
        ("10 trillion won", "10조 원"),
        ("1,500 people", "1500명"),
        ("twenty-one days", "21일"),
        ("for two days", "이틀간"),
        ("3.5 billion", "35억"),
    ],
)
def test_the_same_value_is_equal_however_it_is_written(one: str, other: str) -> None:
    assert found(one) == found(other)


def test_may_is_a_month_only_beside_a_number() -> None:
    assert found("They may come.") == set()
    assert ("month", "5") in found("on 21 May 2024")


def test_another_number_date_or_name_is_missing() -> None:
    quote = "Ana Lund opened the museum in Tarvik on 3 March 2019 with 40 guests."
    assert missing("The museum in Tarvik opened on 3 March 2019.", quote) == []
    assert [v.written for v in missing("It opened on 4 March 2019.", quote)] == ["4"]
    assert [v.value for v in missing("Ana Lund and Per Holm opened it.", quote)] == ["per holm"]
    assert [v.written for v in missing("It opened in April 2019.", quote)] == ["April"]


def test_a_translated_sentence_finds_its_values() -> None:
    quote = "송상훈 단장이 10월 28일 서울에서 미국 오픈AI와 만났다."
    assert (
        missing("Song Sang-hoon met OpenAI of the United States in Seoul on 28 October.", quote)
        == []
    )
    assert [v.written for v in missing("Song Sang-hoon met Meta on 28 October.", quote)] == ["Meta"]


def test_a_sentence_does_not_end_a_name() -> None:
    assert {v.value for v in names("He met Lund. Anna left.")} == {"lund"}


def test_hangul_share_counts_letters_only() -> None:
    assert hangul_share("AI 2025!") == 0.0
    assert hangul_share("한글ab") == 0.5


def test_broken_words_are_found() -> None:
    assert garbled("노르시의 아르ctic 사업과 소형 порт", "the Arctic business") == [
        "아르ctic",
        "порт",
    ]
    assert garbled("협약을 built했고 서명했다", "") == ["built했고"]
    assert garbled("오픈AI와 OpenAI가 Café에서 만났다", "오픈AI") == []


def test_a_name_joined_from_words_that_stand_apart_is_none_of_the_quotes() -> None:
    quotes = (
        "Bo Vik, head of the Harbour Office, spoke first. After the ministers of Norway, Sweden and "
        "Denmark, whose ports joined last year, the guests went home."
    )
    assert {v.written for v in altered("Bo Vik heads the Norway Harbour Office.", quotes)} == {
        "Norway Harbour Office"
    }
    near = "Bo Vik, head of the Harbour Office of Norway, spoke first."
    assert not altered("Bo Vik heads the Norway Harbour Office.", near)


@pytest.mark.parametrize(
    ("sentence", "quotes", "absent"),
    [
        ("It sails on Tuesday.", "매주 화요일에 떠난다.", []),
        ("화요일에 떠난다.", "It sails on Tuesdays.", []),
        ("It sails on Tuesday.", "It sails on Wednesday.", ["Tuesday"]),
        ("토요일에 떠난다.", "일요일에 떠난다.", ["토요일"]),
    ],
)
def test_days_of_the_week_are_values_in_both_languages(
    sentence: str, quotes: str, absent: list[str]
) -> None:
    assert [v.written for v in missing(sentence, quotes)] == absent


def test_what_belongs_to_a_name_is_another_name() -> None:
    assert {v.written for v in names("It was a model for Oslo's AI and Bern's Ferry Line.")} == {
        "AI",
        "Bern",
        "Ferry Line",
        "Oslo",
    }
