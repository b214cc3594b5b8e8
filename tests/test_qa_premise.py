"""Premises that the documents never mention."""

import pytest

from qa.premise import denies, foreign_premises, presumes, unheard
from qa.read import Findings

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


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What did Germany bring to the meeting?", ["Germany"]),
        ("중국은 회의에서 무슨 역할을 맡았어?", ["중국"]),
        ("What did Japan bring in 2023?", ["2023"]),
        ("What was discussed on 30 October?", ["30 October"]),
        ("What did Japan bring?", []),
        ("Can you tell us who came?", []),
    ],
)
def test_a_country_year_or_day_that_the_evidence_replaces_is_a_premise(question, absent) -> None:
    text = "On 20 and 21 November 2024, offices from Canada, Japan and Kenya met in Tarvik."
    assert foreign_premises(question, text, text) == absent


@pytest.mark.parametrize(
    ("question", "answered", "corrected", "told"),
    [
        ("Why was the meeting in Lisbon?", 0.4, 0.9, True),
        ("Why was the meeting in Lisbon?", 0.9, 0.9, False),
        ("Why was the meeting in Lisbon?", 0.4, 0.2, False),
        ("Where was the meeting?", 0.4, 0.9, False),
    ],
)
def test_only_a_why_that_passages_correct_presumes(question, answered, corrected, told) -> None:
    assert presumes(question, Findings(answered, (), corrected=corrected)) is told


@pytest.mark.parametrize(
    ("question", "evidence", "told"),
    [
        ("How are the binding pledges enforced?", "Nine towns made non-binding pledges.", True),
        ("Where can the published report be read?", "The report is unpublished.", True),
        ("강제성 있는 약속을 어기면?", "강제성이 없는 약속이었다.", True),
        ("Why are the pledges non-binding?", "Nine towns made non-binding pledges.", False),
        ("How many towns made pledges?", "Nine towns made non-binding pledges.", False),
    ],
)
def test_a_sentence_that_denies_a_word_of_the_question_corrects_it(
    question: str, evidence: str, told: bool
) -> None:
    assert denies(question, evidence) is told


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Is Lisbon on the list of guests?", ["Lisbon"]),
        ("리스본도 손님 명단에 있어?", ["리스본"]),
        ("Did Bergn send forty guests?", []),
        ("Which African towns sent guests to Bergen?", []),
        ("did lisbon send guests", []),
        ("리스본항은 명단에 있어?", []),
        ("항구AI는 명단에 있어?", []),
    ],
)
def test_a_name_that_stands_nowhere_is_unheard_but_no_slip_and_no_continent(
    question: str, names: list[str]
) -> None:
    assert unheard(question, FOUND) == names
