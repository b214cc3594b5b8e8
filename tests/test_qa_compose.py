"""What an answer is made of: nothing twice, nothing left out."""

from qa.answer import Sentence
from qa.compose import Composer, Draft, beyond, clear, distinct
from qa.question import Question
from qa.read import Evidence, Findings
from qa.settings import AnsweringSettings
from tests.fakes_qa import WordReader

TEXT = (
    "The towns will share their charts. They will also exchange pilots. "
    "They will build a lighthouse as well."
)


def cut(first: str, last: str, score: float, answer: str = "") -> Evidence:
    """Cut evidence out of the text, from one sentence to another."""
    start, end = TEXT.index(first), TEXT.index(last) + len(last)
    quote = TEXT[start:end]
    return Evidence(
        "treaty.txt", "Treaty", None, "en", start, end, quote, score, answer or quote, TEXT, "", score
    )  # fmt: skip


SHARE, EXCHANGE, BUILD = TEXT.split(". ")[0] + ".", "They will also exchange pilots.", "as well."
TWO, ONE = cut(SHARE, EXCHANGE, 0.6), cut(SHARE, SHARE, 0.58)
LAST = cut(EXCHANGE, BUILD, 0.48)


def completed(question: str, evidence: tuple[Evidence, ...]) -> list[Sentence]:
    asked = Question(question, question, question, "en", "question")
    composer = Composer(WordReader(), None, AnsweringSettings())  # type: ignore[arg-type]
    return list(composer.compose(Draft(asked, Findings(0.9, evidence))))


def test_a_list_of_deeds_goes_on_to_its_last_and_says_nothing_twice() -> None:
    said = completed("What will the towns share, exchange and build?", (TWO, ONE, LAST))
    assert [s.text for s in said] == [TWO.text, "They will build a lighthouse as well."]
    assert all(TEXT[c.start : c.end] == c.quote for s in said for c in s.citations)


def test_a_question_for_one_thing_gets_one_quotation() -> None:
    assert [s.text for s in completed("What will the towns share?", (ONE, LAST))] == [ONE.text]


def test_evidence_inside_better_evidence_counts_once() -> None:
    assert distinct([TWO, ONE, LAST]) == [TWO, LAST]
    assert distinct([ONE, TWO]) == [ONE, TWO]


def test_what_goes_on_after_a_citation_is_its_rest() -> None:
    rest = beyond(LAST, [TWO.citation])
    assert rest.text == "They will build a lighthouse as well."
    assert TEXT[rest.start : rest.end] == rest.text
    assert beyond(LAST, [ONE.citation]) is LAST and beyond(LAST, []) is LAST


def test_only_a_clear_answer_is_shown_before_the_sentence() -> None:
    assert clear(Findings(0.9, (TWO,))) == TWO.citation
    assert clear(Findings(0.4, (TWO,))) is None and clear(Findings(0.9, ())) is None
