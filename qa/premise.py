"""Finds false premises of a question: what it takes for granted although the documents found never
mention it, while they name another thing of the same kind in its place.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from index.kiwi import proper_nouns
from qa.expect import WANTS
from qa.names import concepts, found, is_hangul, known
from qa.read import Evidence, Findings
from qa.reckon import moments
from qa.settings import AnsweringSettings
from qa.values import missing

PRESUPPOSES = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat (?:was|is) the reason\b|왜|이유|까닭|어째서", re.IGNORECASE
)
# A "why" that passages correct this surely and answer less surely than that is not answered.
CORRECTED, ANSWERED = 0.5, 0.6
# What a sentence denies: non-binding, unpublished, not open; 구속력이 없는.
DENIED = re.compile(
    r"\b(?:non-?|un)(?P<joined>[a-z]{5,})\b|\b(?:not|never)(?: \w{2,3})? (?P<apart>[a-z]{5,})\b"
    r"|(?P<korean>[가-힣]{2,}?)(?:이|가|은|는|도)?\s?(?:없|않|아니)",
    re.IGNORECASE,
)
NEAR = 0.05  # how near to an answer a sentence must come that is said to correct a question
# What follows a noun that is not part of a longer one.
ENDS_NOUN = (
    r"(?=\W|$|(?:이?랑|[은는이가을를의에도와과로만]|에서|에게|한테|으로|에는|에도|이?라는)(?:\W|$))"
)
CONTINENTS = frozenset({"ASIA", "AFRICA"})  # named by their countries, too
NEARLY = 0.82  # of the letters of a word: one wrong among five, one left out among nine
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Premise:
    """What is wrong with what a question takes for granted: the names that nothing mentions, and the
    sentence to show instead; `None` where all that is asked is a yes or no about such a name.
    """

    absent: tuple[str, ...]
    told: Evidence | None


def wrong_premise(
    question: str,
    findings: Findings,
    text: str,
    settings: AnsweringSettings,
    mentioned: Callable[[str], bool],
) -> Premise | None:
    """Return what is wrong with a question, or `None` where nothing is known to be.

    Args:
        question: standing alone.
        findings: what was read for it; what clearly answers is not held against it.
        text: all that was found for it.
        settings: say how sure to be.
        mentioned: tells whether a name stands anywhere in the documents.
    """
    unanswered = findings.answered < settings.answered_at_least
    if not findings.evidence or (findings.is_clear and not unanswered):
        return None
    best, told = findings.evidence[0], findings.correction
    told = best if told and best.alone >= told.alone else told
    if unanswered:
        absent = foreign_premises(question, text, best.text)
    else:
        absent = [name for name in unheard(question, text) if not mentioned(name)]
    if absent:
        asks = unanswered or WANTS.search(question)
        return Premise(tuple(absent), best if asks else None)
    surely = findings.corrected >= settings.corrected_at_least
    if surely and told and told.alone >= NEAR and (unanswered or presumes(question, findings)):
        return Premise((), told)
    return Premise((), best) if unanswered and denies(question, best.text) else None


def foreign_premises(question: str, text: str, evidence: str = "") -> list[str]:
    """Return what a question presupposes and `text` does not hold.

    Args:
        question: what was asked. A "why" presupposes every name and large number in it; any other
            question its countries, years and days, where the evidence has others.
        text: all that was found for it.
        evidence: the sentence nearest to an answer.
    """
    if not PRESUPPOSES.search(question):
        return _replaced(question, text, evidence)
    large = [v.written for v in missing(question, text) if v.kind != "name" and len(v.value) >= 3]
    return [*unheard(question, text), *large]


def unheard(question: str, text: str) -> list[str]:
    """Return the names of a question that `text` does not hold, slips of the pen aside."""
    absent = [v.written for v in missing(question, text) if v.kind == "name"]
    if is_hangul(question):
        absent = [n for n in absent if not re.search(rf"[가-힣]{re.escape(n)}", question)]
        whole = (n for n in proper_nouns(question) if re.search(rf"{n}{ENDS_NOUN}", question))
        absent += [noun for noun in whole if not known(noun, text)]
    words = list(dict.fromkeys(re.findall(r"\w{3,}", text.casefold())))
    named = [n for n in dict.fromkeys(absent) if concepts().get(n.casefold()) not in CONTINENTS]
    return [name for name in named if not _misspelt(name, words)]


def _misspelt(name: str, words: Sequence[str]) -> bool:
    """Tell whether each word of a name is nearly one of these."""
    return all(get_close_matches(w, words, 1, NEARLY) for w in name.casefold().split())


def denies(question: str, evidence: str) -> bool:
    """Tell whether a sentence denies a word that the question uses without denying it.

    >>> denies("Who enforces the binding pledges?", "The towns made non-binding pledges.")
    True
    """
    there, asked = _denied(evidence), question.casefold()
    own = _denied(question)
    return any(word not in own and re.search(rf"(?<![\w-]){word}", asked) for word in there)


def _denied(text: str) -> set[str]:
    found = DENIED.finditer(text.casefold())
    return {m["joined"] or m["apart"] or m["korean"] for m in found}


def presumes(question: str, findings: Findings) -> bool:
    """Tell whether a "why" asks for the reason of what the passages correct; what nearly answers it
    would be a reason for something that never was.
    """
    corrected = findings.corrected >= CORRECTED and findings.answered < ANSWERED
    return corrected and PRESUPPOSES.search(question) is not None


def _replaced(question: str, text: str, evidence: str) -> list[str]:
    """Return countries, years and days of the question that `text` lacks, of the kinds that the
    evidence has.
    """
    absent: list[str] = []
    there = _countries(text)
    if _countries(evidence):
        absent += [name for code, name in _countries(question).items() if code not in there]
    if YEAR.search(evidence):
        absent += [year for year in YEAR.findall(question) if year not in text]
    days = {(m.day.month, m.day.day) for m in moments(text, year=2000)}
    if days and moments(evidence, year=2000):
        absent += [
            m.written
            for m in moments(question, year=2000)
            if m.exact and (m.day.month, m.day.day) not in days
        ]
    return list(dict.fromkeys(absent))


def _countries(text: str) -> dict[str, str]:
    """Return the countries that a text names, each as it is written there."""
    folded = text.casefold()
    names = {code: name for name, code in concepts().items() if found(name, folded)}
    at = {code: folded.find(name) for code, name in names.items()}
    written = {code: text[at[code] : at[code] + len(name)] for code, name in names.items()}
    return {code: name for code, name in written.items() if len(name) > 2 or not name.islower()}
