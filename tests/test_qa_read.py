"""Which sentences count as evidence, and how surely there is an answer at all."""

import re

from index import Hit
from qa.read import read
from sources import Span
from tests.fakes_qa import WordReader

PACT = (
    "The ports of Tarvik and Osmund will share pilots. They will also share tide tables. "
    "The weather was fair."
)


def hit(text: str, score: float = 0.5) -> Hit:
    ends = [m.end() for m in re.finditer(r"[.:](?=\s|$)", text)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    rows = tuple(Span(a, b) for a, b in zip(starts, ends, strict=True))
    return Hit("h", "a.txt", 0, len(text), text, rows, "", None, "en", None, score, 1, None)


def test_where_several_things_are_asked_for_what_is_added_belongs_to_them() -> None:
    several = read(WordReader(), "What things will the ports share?", [hit(PACT)], most=6)
    one = read(WordReader(), "Who shares pilots with Osmund?", [hit(PACT)], most=6)
    assert any(e.text.endswith("tide tables.") for e in several.evidence)
    assert not any("weather" in e.text for e in several.evidence)
    assert not any(e.text.endswith("tide tables.") for e in one.evidence)


def test_a_passage_that_holds_only_what_was_asked_answers_less_surely() -> None:
    text = "Tarvik and Osmund joined."
    asked = "Besides Tarvik and Osmund, who joined?"
    echo = read(WordReader(), asked, [hit(text)], most=6)
    news = read(WordReader(), asked, [hit("Tarvik and Osmund joined, Bergen later.")], most=6)
    assert echo.answered < 0.5 * news.answered
