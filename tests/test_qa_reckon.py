"""Dates and the time between them."""

from datetime import date

import pytest

from qa.read import Evidence
from qa.reckon import Moment, asked_about_time, length, moments, put, reckon, year_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signed on 3 March 2019 in Tarvik", [date(2019, 3, 3)]),
        ("On 20 and 21 November 2024, they met", [date(2024, 11, 20)]),
        ("May 21, 2024 and June 2025", [date(2024, 5, 21), date(2025, 6, 1)]),
        ("2025년 2월과 2024년 11월 20일", [date(2025, 2, 1), date(2024, 11, 20)]),
        ("2024-11-20", [date(2024, 11, 20)]),
        ("on 31 February 2024, May be", []),
        ("in 2024", []),
    ],
)
def test_dates_are_read_as_written(text: str, expected: list[date]) -> None:
    assert [m.day for m in moments(text)] == expected


def test_a_bare_date_takes_the_one_year_of_its_documents_title() -> None:
    assert moments("10월 28일 개막했다") == []
    assert moments("10월 28일 개막했다", year=2025)[0].day == date(2025, 10, 28)
    assert year_of("2025 항만 포럼") == 2025
    assert year_of("2024 and 2025 compared") is None


@pytest.mark.parametrize(
    ("question", "wanted", "first", "second"),
    [
        ("How long after the treaty was signed did the museum open?", "duration", "the treaty", "signed did the museum open"),
        ("how many months between the ferry strike and the harbour fair?", "duration", "the ferry strike", "the harbour fair"),
        ("Which came first, the ferry strike or the harbour fair?", "order", "the ferry strike", "the harbour fair"),
        ("항만 축제는 조선 박람회보다 먼저 열렸어?", "order", "항만 축제", "조선 박람회"),
        ("조약 서명 이후 박물관 개관까지 얼마나 걸렸어?", "duration", "조약 서명", "박물관 개관"),
    ],
)  # fmt: skip
def test_questions_about_time_give_their_two_events(question, wanted, first, second) -> None:
    asked = asked_about_time(question)
    assert asked is not None and asked.wanted == wanted
    assert asked.first in question and asked.second in question
    if wanted == "order":
        assert (asked.first, asked.second) == (first, second)


@pytest.mark.parametrize(
    "question",
    [
        "How long is the bridge?",
        "Who came after the mayor?",
        "The strike came first: how long before the fair was that?",
        "포럼은 언제 열렸어?",
    ],
)
def test_other_questions_are_left_to_the_reader(question: str) -> None:
    assert asked_about_time(question) is None


def test_lengths_are_rounded_and_exact() -> None:
    def between(a: date, b: date) -> str:
        return length(Moment(a, True, ""), Moment(b, True, ""), "en")

    assert between(date(2019, 1, 1), date(2019, 1, 4)) == "three days"
    assert between(date(2019, 1, 1), date(2019, 1, 22)) == "about one month (21 days)"
    assert between(date(2019, 3, 3), date(2019, 9, 3)) == "about six months (184 days)"
    assert between(date(2019, 1, 1), date(2022, 1, 1)) == "about three years (1096 days)"
    assert (
        length(Moment(date(2019, 1, 1), False, ""), Moment(date(2019, 4, 1), True, ""), "ko")
        == "약 3개월"
    )


def test_both_events_are_cited() -> None:
    texts = {
        "treaty": "The treaty was signed on 3 March 2019.",
        "fair": "The fair opened on 3 May 2019.",
    }

    def look_up(question: str) -> list[Evidence]:
        key = next(k for k in texts if k in question)
        text = texts[key]
        return [Evidence(f"{key}.txt", None, None, "en", 0, len(text), text, 0.9, "")]

    asked = asked_about_time("How long after the treaty did the fair open?")
    assert asked is not None
    sentence = reckon(asked, "en", look_up)
    assert sentence is not None
    assert sentence.text == "From 3 March 2019 to 3 May 2019 is about two months (61 days)."
    assert [c.file for c in sentence.citations] == ["treaty.txt", "fair.txt"]


def test_a_date_is_put_in_the_language_of_the_answer() -> None:
    day, month = (
        Moment(date(2024, 3, 2), True, "3월 2일"),
        Moment(date(2024, 3, 1), False, "March 2024"),
    )
    assert put(day, "en") == "2 March 2024" and put(day, "ko") == "3월 2일"
    assert put(month, "ko") == "2024년 3월" and put(month, "en") == "March 2024"
    iso = Moment(date(2024, 3, 2), True, "2024-03-02")
    assert put(iso, "ko") == put(iso, "en") == "2024-03-02"
