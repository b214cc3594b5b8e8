"""Premises that the documents never mention."""

import pytest

from qa.premise import foreign_premises

FOUND = "The first meeting of the harbour network was held in Bergen on 3 March 2019 with 40 guests. 베르겐"


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("Why was Lisbon chosen for the first meeting?", ["Lisbon"]),
        ("Why were 762 guests invited?", ["762"]),
        ("회의를 부산에서 연 이유가 뭐야?", ["부산"]),
        ("Why was Bergen chosen?", []),
        ("Where in Lisbon was the meeting?", []),
    ],
)
def test_a_why_question_is_held_against_what_was_found(question: str, absent: list[str]) -> None:
    assert foreign_premises(question, FOUND) == absent
