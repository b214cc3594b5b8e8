"""Grounding: finds the quotations that support a sentence, whatever the model said it took it from,
and refuses the sentence when a number, date or name in it is not in them or they do not entail it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer import Citation
from qa.count import miscounted
from qa.expect import echoes
from qa.names import known
from qa.prompts import Language
from qa.question import language_of
from qa.read import Evidence
from qa.reader import Reader
from qa.values import MONTHS, Value, altered, coverage, garbled, missing, same_polarity, stands

MOST_QUOTES = 3
MOST_WORDS, MANY_WORDS = 0.8, 0.5  # shares of a sentence's words of content
PARROTED = 0.7  # a share of words taken from the question
# What the verifier must believe of a sentence in the language of its quotes: where nearly all its
# words are theirs, and where at least half are; more in Korean, which the small model writes badly
# and where a quotation serves as well. On held-out claims: `eval/LOG.md`.
LIKELY: dict[Language, tuple[float, float]] = {"en": (0.65, 0.65), "ko": (0.75, 0.85)}
# How a Korean sentence ends; what does not is a heading or an item of a list, torn out.
KOREAN_ENDING = re.compile(
    r"(?:[다요음함임됨죠까네지야어아해군]|니다)[\"'”’)\]]*[.!?…]*[\"'”’)\]]*\s*$"
)
LIKELY_JOINED = 0.75  # of a sentence that stands on several quotations, whose words mix easily
MOST_FOREIGN = 8  # letters of another script in a sentence, beyond a name in brackets


@dataclass(frozen=True)
class Grounding:
    """Why a sentence may be shown (`reason` is `None`) or may not, and its quotations."""

    citations: tuple[Citation, ...]
    probability: float
    reason: str | None


def ground(
    sentence: str,
    evidence: Sequence[Evidence],
    reader: Reader,
    *,
    at_least: float,
    question: str = "",
) -> Grounding:
    """Find the fewest quotations that support `sentence`, at most three.

    Args:
        sentence: one sentence the language model wrote.
        evidence: the sentences it was given.
        reader: judges entailment.
        at_least: the probability of entailment below which a rendering of quotes in another
            language is refused.
        question: what it answers; a value of the question's may be denied ("not in Oslo").
    """
    if settled := _at_sight(sentence, evidence, question):
        return settled
    alone = reader.entails([(sentence, e.text) for e in evidence])
    tried = []
    for rows in _choices(sentence, evidence, alone):
        quotes = _join(evidence, rows)
        judged = alone[rows[0]] if len(rows) == 1 else reader.entails([(sentence, quotes)])[0]
        absent = [
            value
            for value in {
                *missing(sentence, quotes),
                *altered(sentence, quotes),
                *_opening(sentence, quotes, f"{question} {' '.join(e.around for e in evidence)}"),
            }
            if not _denied(value, sentence, question)
            and not _carried(value, question, [evidence[i] for i in rows])
        ]
        citations = tuple(evidence[i].citation for i in rows)
        bar = LIKELY_JOINED if len(rows) > 1 else 0.0
        if not absent and judged >= bar and _supports(sentence, quotes, question, judged, at_least):
            return Grounding(citations, judged, None)
        tried.append(Grounding(citations, judged, _refusal(absent, judged)))
    return max(
        tried, key=lambda g: g.probability, default=Grounding((), 0.0, "there are no quotes")
    )


def _at_sight(sentence: str, evidence: Sequence[Evidence], question: str) -> Grounding | None:
    """Return what needs no model: why a sentence cannot be shown, or the quotation it copies."""
    if language_of(sentence) == "ko" and not KOREAN_ENDING.search(sentence):
        return Grounding((), 0.0, "not a whole sentence")
    if miscounted(sentence):
        return Grounding((), 0.0, "the list has another length than the number before it")
    if echoes(question, sentence):
        return Grounding((), 0.0, "says only what the question says")
    for one in evidence:
        if _fold(sentence) in _fold(one.text):
            return Grounding((one.citation,), 1.0, None)
    if language_of(sentence) == "en" and _untranslated(sentence) > MOST_FOREIGN:
        return Grounding((), 0.0, "not all of it is in the language of the answer")
    written = " ".join([question, *(e.text for e in evidence)])
    if broken := garbled(sentence, written):
        return Grounding((), 0.0, f"not a word of either language: {', '.join(broken)}")
    return None


def _opening(sentence: str, quotes: str, written: str) -> set[Value]:
    """Return the word that opens a sentence where it is a name that the quotes lack: only that it is
    written with a capital within other sentences tells it from any word.
    """
    opens = re.match(r"[A-Z][a-z]+\b(?! [A-Z])", sentence)
    word = opens[0] if opens else ""
    if (
        word.casefold() in {"", *MONTHS}
        or not re.search(rf"[a-z,] {word}\b", written)
        or stands(word, quotes)
    ):
        return set()
    return {Value("name", word.casefold(), word)}


def _supports(sentence: str, quotes: str, question: str, judged: float, at_least: float) -> bool:
    """Weigh the verifier and the words.

    The words of a sentence must mostly be those of its quotes, and the verifier must believe it.
    Across languages there are no words to compare: it must be sure, and a sentence that only turns
    the question into a statement says nothing that could be checked.
    """
    if language_of(sentence) != language_of(quotes):
        return judged >= at_least and coverage(sentence, question) < PARROTED
    words = coverage(sentence, quotes)
    likely, likelier = LIKELY[language_of(sentence)]
    if words >= MOST_WORDS and same_polarity(sentence, quotes):
        return judged >= likely
    return judged >= likelier and words >= MANY_WORDS


def _untranslated(sentence: str) -> int:
    """Count Hangul letters outside brackets."""
    return len(re.findall(r"[가-힣]", re.sub(r"\([^)]*\)", "", sentence)))


def _carried(value: Value, question: str, cited: Sequence[Evidence]) -> bool:
    """Tell whether a name comes from the question and stands around the quotations, too."""
    if value.kind != "name" or not known(value.written, question):
        return False
    return any(known(value.written, e.around) for e in cited)


def _choices(
    sentence: str, evidence: Sequence[Evidence], alone: Sequence[float]
) -> list[tuple[int, ...]]:
    """Return which quotations to try: the best alone, then the best that complete its values."""
    lacking = [missing(sentence, e.text) for e in evidence]
    order = sorted(range(len(evidence)), key=lambda i: (len(lacking[i]), -alone[i]))
    likeliest = sorted(range(len(evidence)), key=lambda i: -alone[i])
    choices: list[tuple[int, ...]] = [(order[0],), (likeliest[0],)] if order else []
    chosen: tuple[int, ...] = tuple(order[:1])
    for i in [*order[1:], *likeliest]:
        if i in chosen or len(chosen) == MOST_QUOTES:
            continue
        fewer = len(missing(sentence, _join(evidence, (*chosen, i))))
        if fewer < len(missing(sentence, _join(evidence, chosen))) or len(chosen) == 1:
            chosen = (*chosen, i)
            choices.append(chosen)
    return list(dict.fromkeys(choices))


def _denied(value: Value, sentence: str, question: str) -> bool:
    """Tell whether a sentence only denies what the question assumed."""
    if value.written.casefold() not in question.casefold():
        return False
    name = re.escape(value.written)
    return bool(
        re.search(rf"\b(not|never|rather than|instead of)\b[^.,;]{{0,24}}{name}", sentence, re.I)
        or re.search(rf"{name}[^.,;]{{0,8}}(아니|아닌|않)", sentence)
    )


def _refusal(absent: Sequence[Value], probability: float) -> str:
    if absent:
        return "not in the quotes: " + ", ".join(sorted({v.written for v in absent}))
    return f"not entailed by the quotes ({probability:.2f})"


def _join(evidence: Sequence[Evidence], rows: Sequence[int]) -> str:
    ordered = sorted(rows, key=lambda i: (evidence[i].path, evidence[i].start))
    return " ".join(evidence[i].text for i in ordered)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .。")
