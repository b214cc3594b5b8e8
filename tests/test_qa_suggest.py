"""Suggested questions: made of what documents name, and only those that are answered."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from qa import Citation
from qa.errors import ModelError
from qa.prompts import SUGGEST_SYSTEM, Language
from qa.question import language_of
from qa.records.suggested import Suggested
from qa.suggest import Idea, answerable, checker, fit, questions, to_begin, to_go_on, writer
from qa.topics import telling
from tests import shelf_page as shelf
from tests.fakes_page import Scripted, Shelf, cite, document, say
from tests.fakes_serve import ASK, ASK_NOTHING, RIVER, gated, shelve
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
    assert questions(PORT, "en") == [ABOUT_OFFICE, ABOUT_PIER, ABOUT_PILOTS]


LIGHT = document(
    "l.md",
    "등대 이야기\n\n‘북쪽 등대’는 1931년에 처음 불을 밝혔다. 사람들은 ‘북쪽 등대’를 본다.\n",
    title="등대 이야기",
    language="ko",
    heads=["등대 이야기"],
)


def asked(ideas: Iterable[Idea]) -> list[str]:
    return [idea.question for idea in ideas]


def test_whoever_asks_in_korean_is_asked_in_korean_of_any_document() -> None:
    assert questions(LIGHT, "ko") == ["‘북쪽 등대’에 대해 문서는 무엇이라고 하나요?"]
    mixed = asked(to_begin([PORT, LIGHT], "ko"))
    assert mixed[0] == questions(LIGHT, "ko")[0] and len(mixed) == 4  # those in Korean first
    assert {language_of(question) for question in mixed} == {"ko"}
    assert "‘Pilot Station’에 대해 문서는 무엇이라고 하나요?" in mixed
    assert asked(to_begin([LIGHT], "en")) == ["What do the documents say about “북쪽 등대”?"]


def test_the_language_model_words_what_a_sentence_answers() -> None:
    prompts: list[str] = []

    def write(system: str, user: str) -> str:
        assert system == SUGGEST_SYSTEM
        prompts.append(user)
        return "When was the northern light first lit?\nAnd more"

    (first, *rest) = to_begin([PORT, LIGHT], "en", write)
    assert first.source is not None
    text = PORT.text if first.source.file == "port.md" else LIGHT.text
    assert text[first.source.start : first.source.end] == first.source.quote
    assert first.question == "When was the northern light first lit?"
    assert any("1931년에 처음 불을 밝혔다." in prompt for prompt in prompts)
    assert all(prompt.endswith("Question in English:") for prompt in prompts)
    assert asked(rest)[-1].startswith("What do the documents say")  # templates come behind


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("When was it lit?", "en"),
        ("What does this document say?", "en"),
        ("북쪽 등대는 언제 불을 밝혔나요?", "en"),
        ("When was the northern light lit?", "ko"),
        ("The northern light was lit in 1931.", "en"),
        ("Was the northern light lit in 1932?", "en"),
        ("Why?", "en"),
        ("", "en"),
    ],
)
def test_what_a_model_writes_is_no_suggestion_unless_it_stands_alone(
    question: str, language: Language
) -> None:
    assert not fit(question, LIGHT.text, language)
    assert fit("When was the northern light lit, in 1931?", LIGHT.text, "en")
    assert fit("북쪽 등대는 언제 불을 밝혔나요?", LIGHT.text, "ko")


def test_only_sentences_that_say_one_thing_in_full_are_put_to_the_model() -> None:
    told = [one.quote for one in telling(PORT)]
    assert told == [
        "In winter the Harbour Office closes at four, and the Pilot Station takes calls."
    ]


def test_only_what_is_answered_is_suggested_and_no_more_than_asked_for() -> None:
    known = {ABOUT_PIER: (say("It is kept.", cite(PORT, "keeps the pier")),)}
    check = checker(Scripted(Shelf({"port.md": PORT}), known))
    assert list(answerable(to_begin([PORT], "en"), check, 3)) == [ABOUT_PIER]
    ideas = [Idea("a"), Idea("a"), Idea("b"), Idea("c")]
    assert list(answerable(ideas, lambda _: True, 2)) == ["a", "b"]


def test_the_reader_must_find_the_sentence_that_a_question_was_made_of(tmp_path: Path) -> None:
    held = gated(shelve(tmp_path / "documents"), tmp_path / "home").inner
    check = checker(held)
    text = held.index.document("river.txt").text
    at = text.index(RIVER)
    assert check(Idea(ASK)) and not check(Idea(ASK_NOTHING))
    assert check(Idea(ASK, Citation("river.txt", None, at, at + len(RIVER), RIVER)))
    assert not check(Idea(ASK, Citation("apple.txt", None, 0, 10, "")))


def test_at_most_sixteen_are_tried() -> None:
    tried: list[Idea] = []

    def never(idea: Idea) -> bool:
        tried.append(idea)
        return False

    assert list(answerable((Idea(str(n)) for n in range(100)), never, 3)) == []
    assert len(tried) == 16


def test_what_was_asked_or_just_answered_is_not_suggested_again() -> None:
    answer = answered(shelf.ASK_NOTHING).answer
    assert answer is not None
    every = asked(to_go_on(answer, lambda path: PORT, []))
    assert ABOUT_OFFICE in every
    assert ABOUT_OFFICE not in asked(to_go_on(answer, lambda path: PORT, [ABOUT_OFFICE.upper()]))


def test_suggestions_are_remembered_until_a_document_changes(tmp_path: Path) -> None:
    place = tmp_path / "kept" / "begin.json"
    assert Suggested(place, ["a", "b"]).read() is None
    Suggested(place, ["a", "b"]).write(["q"])
    assert Suggested(place, ["b", "a"]).read() == ["q"]
    assert Suggested(place, ["a", "c"]).read() is None
    place.write_text("{", encoding="utf-8")
    assert Suggested(place, ["a", "b"]).read() is None


class Talking:
    """A language model that says more than it was asked for."""

    name = "talking"

    def __init__(self) -> None:
        self.said = 0

    def stream(self, system: str, user: str) -> Iterator[str]:
        if user == "broken":
            raise ModelError("The language model 'talking' did not answer.")
        for piece in ("Who ", "signed?", "\nI hope", " that helps."):
            self.said += 1
            yield piece

    def close(self) -> None: ...


def test_the_model_writes_one_line_and_stops_where_somebody_asks(tmp_path: Path) -> None:
    held = gated(shelve(tmp_path / "documents"), tmp_path / "home").inner
    model = held._model = Talking()  # type: ignore[assignment]
    write = writer(held)
    assert write is not None
    assert write("system", "user").split("\n")[0] == "Who signed?"
    assert model.said == 3  # the rest is not waited for
    assert write("system", "broken") == ""
    stopped = writer(held, lambda: False)
    assert stopped is not None and stopped("system", "user") == ""
    assert model.said == 4
    assert (
        writer(Scripted(Shelf({}), {})) is None
    )  # whoever is not Footnote's own has no such model
