"""What an answer is made of: nothing twice, nothing left out."""

from dataclasses import replace

from qa.answer import Sentence
from qa.compose import Composer, Draft, beyond, clear, distinct, said
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


def test_what_the_model_adds_to_a_short_clear_answer_is_left_out() -> None:
    asked = Question("Who?", "Who?", "Who will share?", "en", "question")
    one = replace(ONE, answer="The towns")
    told = Sentence("The towns will share their charts.", "supported", (one.citation,))
    draft = Draft(asked, Findings(0.9, (one, LAST)))
    assert said(draft, [told])
    assert not said(Draft(asked, Findings(0.4, (one, LAST))), [told]), "not clearly answered"
    assert not said(draft, [replace(told, citations=(LAST.citation,))]), "it is not cited"
    both = replace(asked, reading="Who will share and who will build?")
    assert not said(Draft(both, draft.findings), [told]), "two things are asked for"
