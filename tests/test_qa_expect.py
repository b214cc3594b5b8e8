"""What a question asks for, and texts that cannot answer it."""

import pytest

from qa.expect import asks_for, asks_several, echoes, has, wanted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was the harbour museum founded?", "time"),
        ("and when did she start?", "time"),
        ("박물관은 언제 문을 열었어?", "time"),
        ("What year was the treaty signed?", "time"),
        ("On what date was the treaty signed?", "date"),
        ("on what day of the week was it signed", "weekday"),
        ("축제는 무슨 요일에 열려?", "weekday"),
        ("축제는 며칠부터 며칠까지 열려?", "date"),
        ("축제는 며칠 동안 열려?", "duration"),
        ("입장료가 얼마야?", "money"),
        ("how much was the entrance fee", "money"),
        ("How long is the agreement valid?", "duration"),
        ("협약 유효기간은 몇 년이야?", "duration"),
        ("How many boats came?", "count"),
        ("배가 몇 척 왔어?", "count"),
        ("Who opened the museum?", None),
        ("이번이 몇 번째 행사야?", None),
        ("What did she say when the boats came?", None),
    ],
)
def test_the_words_of_a_question_tell_what_it_asks_for(question: str, kind: str | None) -> None:
    assert asks_for(question) == kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("time", "The museum in Tarvik has a new director."),
        ("date", "축제 첫째 날에는 배가 왔다."),
        ("weekday", "It was signed on 3 May."),
        ("money", "포럼에는 150여 명이 참석했다."),
        ("duration", "The agreement covers 12 ports."),
        ("count", "The boats came to the river."),
    ],
)
def test_a_text_without_the_kind_cannot_answer(kind, text: str) -> None:
    assert not has(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("time", "It opened last year."),
        ("time", "포럼은 10월 28일 개막했다."),
        ("date", "축제는 10월 28일 개막했다."),
        ("date", "It was signed on 3 May."),
        ("weekday", "축제는 토요일에 열린다."),
        ("money", "입장료는 5천 원이다."),
        ("money", "Admission is free."),
        ("duration", "협약은 3년 동안 유효하다."),
        ("count", "Norway, Japan and Kenya joined."),
        ("count", "Forty boats came."),
    ],
)
def test_a_text_with_the_kind_may_answer(kind, text: str) -> None:
    assert has(kind, text)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What do the towns share, exchange and build?", True),
        ("Give me the treaty in bullet points.", True),
        ("What did Ana Lund, the director, open?", False),
    ],
)
def test_a_question_of_several_deeds_asks_for_several(question: str, told: bool) -> None:
    assert asks_several(question) is told


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Name all four harbours.", 4),
        ("Which two towns signed?", 2),
        ("Give me both dates of the fair.", 2),
        ("조약에 서명한 도시 두 곳?", 2),
        ("Is it before the launch, after it, or both?", 1),
        ("Which of the two towns signed?", 1),
        ("Who opened the museum?", 1),
    ],
)
def test_a_question_says_how_many_things_it_wants(question: str, count: int) -> None:
    assert wanted(question) == count


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("Besides Oslo and Bergen, which other towns joined?", "Oslo and Bergen", True),
        ("Which other towns joined?", "Oslo and Bergen", False),
        ("Did Oslo join the pact?", "Oslo joined the pact.", False),
        ("Which came first, the pact or the fair?", "the fair", False),
        ("Who opened the museum of Tarvik in 2019?", "The museum of Tarvik opened in 2020.", False),
        ("누가 타르빅 박물관을 열었어?", "타르빅 박물관", True),
        ("협약과 박람회 중에 뭐가 먼저야?", "박람회", False),
    ],
)
def test_an_answer_that_the_question_holds_already_is_an_echo(question, answer, told) -> None:
    assert echoes(question, answer) is told
