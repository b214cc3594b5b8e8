"""Questions that name what they ask about only by what is told of it."""

import pytest

from qa.hop import Hop, hop


@pytest.mark.parametrize(
    ("question", "first", "then"),
    [
        (
            "The town that hosts the boat fair: who is its mayor?",
            "Which town hosts the boat fair?",
            "X: who is its mayor?",
        ),
        (
            "Who leads the agency that runs the lighthouse?",
            "Which agency runs the lighthouse?",
            "Who leads X?",
        ),
        (
            "In which city is the seat of the bank which paid for the tunnel?",
            "Which bank paid for the tunnel?",
            "In which city is the seat of X?",
        ),
        (
            "How many people work at the institute whose head visited Lisbon?",
            "Which institute's head visited Lisbon?",
            "How many people work at X?",
        ),
        ("등대를 지은 회사의 사장은 누구야?", "등대를 지은 회사?", "X의 사장은 누구야?"),
        (
            "배 축제를 주최한 그 도시, 시장이 누구예요?",
            "배 축제를 주최한 그 도시?",
            "X, 시장이 누구예요?",
        ),
    ],
)
def test_what_is_described_is_asked_for_first(question: str, first: str, then: str) -> None:
    found = hop(question)
    assert found is not None
    assert (found.first, found.then("X")) == (first, then)


@pytest.mark.parametrize(
    "question",
    [
        "Who runs the boat archive?",
        "What is the budget of the harbour authority?",
        "한빛도서관은 언제 문을 열었어?",
        "등대를 지은 회사가 어디야?",
        "포럼에서 연사가 나온 기관들을 알려주세요.",
    ],
)
def test_a_question_that_names_what_it_asks_about_has_one_hop(question: str) -> None:
    assert hop(question) is None


@pytest.mark.parametrize("answer", ["", "  ", "a whole sentence " * 6])
def test_what_is_no_name_is_not_put_in(answer: str) -> None:
    assert Hop("Which town?", "Who leads ", "?").then(answer) is None
