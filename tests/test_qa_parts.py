"""Splitting a question into questions that each ask for one thing."""

import pytest

from qa.parts import parts
from tests.fakes_qa import ScriptedModel

BOTH = "Who runs the boat archive, and when did it open?"


def split(question: str, *replies: str) -> list[str]:
    return parts(question, ScriptedModel(*replies))  # type: ignore[arg-type]


def test_a_question_for_two_things_becomes_two_questions() -> None:
    said = "Who runs the boat archive?\nWhen did the boat archive open?"
    assert split(BOTH, said) == ["Who runs the boat archive?", "When did the boat archive open?"]


def test_a_simple_question_is_not_given_to_the_model() -> None:
    model = ScriptedModel("What?\nWho?")
    assert parts("Who runs the boat archive?", model) == []  # type: ignore[arg-type]
    assert model.asked == []


@pytest.mark.parametrize(
    "said",
    [
        "Who runs the boat archive?",
        "Who runs the boat archive?\nIt opened in May.",
        "Who runs the boat archive?\nWhich castles belong to Duke Wilhelm of Brandenburg?",
    ],
)
def test_parts_that_are_one_no_question_or_about_other_things_are_not_used(said: str) -> None:
    assert split(BOTH, said) == []


def test_a_model_that_dies_leaves_the_question_whole() -> None:
    model = ScriptedModel("Who runs it?\nWhen?", dies_after=1)
    assert parts(BOTH, model) == []  # type: ignore[arg-type]


def test_korean_is_split_at_its_joints_and_keeps_its_topic() -> None:
    assert parts("한빛도서관은 관장이 누구고 언제 문을 열었어?", None) == [
        "한빛도서관은 관장이 누구",
        "한빛도서관 언제 문을 열었어",
    ]


def test_a_number_of_days_is_a_part_of_its_own() -> None:
    assert len(parts("항구 회의 참석자는 몇 명이고 며칠짜리 행사야?", None)) == 2


def test_two_question_words_in_one_clause_are_one_question() -> None:
    assert parts("포럼은 언제 어디서 열렸어?", None) == []


def test_two_things_that_are_compared_are_looked_up_one_by_one() -> None:
    assert parts("배 축제 참가자 수랑 등대 방문객 수가 기사에서 같아?", None) == [
        "배 축제 참가자 수?",
        "등대 방문객 수?",
    ]


def test_a_set_of_which_some_are_asked_for_is_looked_up_first() -> None:
    assert parts("협약에 서명한 도시들 가운데 배 축제를 여는 데는 어디야?", None) == [
        "협약에 서명한 도시들?",
        "배 축제를 여는 데는 어디야?",
    ]
