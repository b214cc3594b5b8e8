"""Suggested questions: made of what documents name, and only those that are answered."""

from pathlib import Path

from qa.suggest import Remembered, answerable, checker, questions, to_begin, to_go_on
from tests import shelf_page as shelf
from tests.fakes_page import Scripted, Shelf, cite, document, say
from tests.test_qa_conversations import answered

PORT = document(
    "port.md",
    "Harbour Office\n\nRepairs to the pier\n\nThe Harbour Office keeps the pier. In winter the"
    " Harbour Office closes at four, and the Pilot Station takes calls. The Pilot Station is"
    " manned.\n\nOutlook\n\nMore will follow.\n",
    title="Harbour Office",
    heads=["Repairs to the pier", "Outlook"],
)
ABOUT_OFFICE = "What do the documents say about “Harbour Office”?"
ABOUT_PIER = "What do the documents say about “Repairs to the pier”?"
ABOUT_PILOTS = "What do the documents say about “Pilot Station”?"


def test_names_that_come_back_and_telling_headings_become_questions() -> None:
    assert questions(PORT) == [ABOUT_OFFICE, ABOUT_PIER, ABOUT_PILOTS]


def test_a_korean_document_is_asked_about_in_korean() -> None:
    text = "등대 이야기\n\n‘북쪽 등대’는 높다. 사람들은 ‘북쪽 등대’를 본다.\n"
    (question,) = questions(document("l.md", text, title="등대 이야기", language="ko"))
    assert question == "‘북쪽 등대’에 대해 문서는 무엇이라고 하나요?"
    mixed = to_begin([PORT, document("l.md", text, title=None, language="ko")], "ko")
    assert mixed[0] == question and len(mixed) == 4


def test_only_what_is_answered_is_suggested_and_no_more_than_asked_for() -> None:
    known = {ABOUT_PIER: (say("It is kept.", cite(PORT, "keeps the pier")),)}
    check = checker(Scripted(Shelf({"port.md": PORT}), known))
    assert list(answerable(to_begin([PORT], "en"), check, 3)) == [ABOUT_PIER]
    assert list(answerable(["a", "b", "c"], lambda _: True, 2)) == ["a", "b"]


def test_at_most_sixteen_are_tried() -> None:
    tried: list[str] = []

    def never(question: str) -> bool:
        tried.append(question)
        return False

    assert list(answerable(map(str, range(100)), never, 3)) == []
    assert len(tried) == 16


def test_what_was_asked_or_just_answered_is_not_suggested_again() -> None:
    answer = answered(shelf.ASK_NOTHING).answer
    assert answer is not None
    every = to_go_on(answer, lambda path: PORT, [])
    assert ABOUT_OFFICE in every
    assert ABOUT_OFFICE not in to_go_on(answer, lambda path: PORT, [ABOUT_OFFICE.upper()])


def test_suggestions_are_remembered_until_a_document_changes(tmp_path: Path) -> None:
    place = tmp_path / "kept" / "begin.json"
    assert Remembered(place, ["a", "b"]).read() is None
    Remembered(place, ["a", "b"]).write(["q"])
    assert Remembered(place, ["b", "a"]).read() == ["q"]
    assert Remembered(place, ["a", "c"]).read() is None
    place.write_text("{", encoding="utf-8")
    assert Remembered(place, ["a", "b"]).read() is None
