"""Finds false premises of a question: what it takes for granted although the documents found never
mention it, while they name another thing of the same kind in its place.
"""

import re

from index.kiwi import proper_nouns
from qa.names import concepts, found, is_hangul, known
from qa.read import Findings
from qa.reckon import moments
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
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


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
    values = [v for v in missing(question, text) if v.kind == "name" or len(v.value) >= 3]
    absent = [v.written for v in values]
    if is_hangul(question):
        absent += [noun for noun in proper_nouns(question) if not known(noun, text)]
    return list(dict.fromkeys(absent))


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
