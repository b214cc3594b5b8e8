"""Finds disagreements: two places in the documents that state different values for the one thing a
question asks for. Both are shown, with their dates, and neither is preferred.
"""

import re
from collections.abc import Sequence

from index.kiwi import proper_nouns
from qa.answer import Sentence
from qa.expect import Kind, asks_for
from qa.names import is_hangul
from qa.prompts import Language, says
from qa.read import Evidence, Findings
from qa.reckon import Moment, moments, year_around
from qa.values import names, numbers, stands

# A question that is itself about disagreement.
ASKS_AGREEMENT = re.compile(
    r"\b(?:agree|disagree|contradict\w*|inconsisten\w+|consistent\w*|discrepanc\w+|conflict\w*|differ(?:s|ent|ently|ence)?"
    r"|vary|varies|throughout|same (?:way|number|figure|date|name|title|year|day|amount|total|story)|different (?:number|figure|date|name|title|version|amount|total)s?|match)\b"
    r"|어긋|모순|불일치|일치|엇갈|상충|서로 다르|다른 것 같|안 맞|맞지 않|앞뒤|일관|동일한가|다르(?:던데|지|게 (?:나|적|쓰|되))|(?:서로|기사에서|문서에서|똑) ?같(?:아|나|은가|습|은지|니)",
    re.IGNORECASE,
)
WANTS_NO_VALUE = re.compile(r"\b(?:who|whom|whose|where|why)\b|누구|누가|어디|왜", re.IGNORECASE)
ANY = 2000  # stands for a year that is not stated; a leap year
SURELY = 0.6  # how surely the reader must take both statements for an answer


def disagreement(question: str, findings: Findings) -> tuple[Evidence, Evidence] | None:
    """Return the best evidence and another that states a different value, or `None`.

    Args:
        question: what was asked. Unless it asks whether the documents agree, both statements must
            surely answer it, and around both must stand the names in it.
        findings: the evidence, best first.
    """
    kind = asks_for(question)
    about = ASKS_AGREEMENT.search(question) is not None
    if not findings.evidence:
        return None
    best, *others = findings.evidence
    for other in (o for o in others if _apart(best, o)):
        if _both_answer(question, best, other) and _differ(kind, best, other):
            return best, other
        if about and _differ(kind, best, other, whole=True):
            return best, other
    return None


def _apart(one: Evidence, other: Evidence) -> bool:
    """Tell whether two sentences are two statements: in two documents, or far apart in one."""
    return one.path != other.path or not one.start - 400 < other.start < one.end + 400


def _both_answer(question: str, one: Evidence, other: Evidence) -> bool:
    if min(one.alone, other.alone) < SURELY or WANTS_NO_VALUE.search(question):
        return False
    named = [v.written for v in names(question)]
    named += proper_nouns(question) if is_hangul(question) else []
    return all(stands(name, e.around) for name in named for e in (one, other))


def _differ(kind: Kind | None, one: Evidence, other: Evidence, *, whole: bool = False) -> bool:
    """Tell whether two sentences state different values: in what the reader marked, or anywhere."""
    if kind in ("date", "time"):
        a, b = (
            moments(e.text if whole else e.answer, year=year_around(e) or ANY) for e in (one, other)
        )
        return bool(a) and bool(b) and not any(_same_day(x, y) for x in a for y in b)
    first, second = (_numbers(e.text if whole else e.answer) for e in (one, other))
    return bool(first) and bool(second) and not first & second


def _same_day(one: Moment, other: Moment) -> bool:
    """Tell whether two moments may be the same: a year or a day that is not stated may be any."""
    years = {one.day.year, other.day.year}
    if len(years) > 1 and ANY not in years or one.day.month != other.day.month:
        return False
    return not (one.exact and other.exact) or one.day.day == other.day.day


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text that are no part of a date."""
    dates = {part for m in moments(text, year=ANY) for part in re.findall(r"\d+", m.written)}
    return {v.value for v in numbers(text) if v.kind == "number"} - dates


def disagreeing(pair: Sequence[Evidence], language: Language) -> Sentence:
    """Return both statements as one sentence with the verdict "conflicting"."""
    said = [says("stated", language, quote=" ".join(e.text.split()), where=_where(e)) for e in pair]
    text = says("disagree", language, first=said[0], second=said[1])
    return Sentence(text, "conflicting", tuple(e.citation for e in pair))


def compared(findings: Findings) -> tuple[Evidence, Evidence] | None:
    """Return two statements to lay side by side where it is asked whether the documents agree: the
    best, and the best of another document or of another place in the same.
    """
    if len(findings.needed) > 1:
        return findings.needed[0], findings.needed[1]
    best, *rest = findings.evidence or (None,)
    if best is None:
        return None
    others = (
        [e for e in rest if e.path != best.path] or [e for e in rest if _apart(best, e)] or rest
    )
    return (best, others[0]) if others else None


def comparing(pair: Sequence[Evidence], language: Language) -> Sentence:
    """Return both statements as one sentence that leaves the comparison to the reader."""
    said = [says("stated", language, quote=" ".join(e.text.split()), where=_where(e)) for e in pair]
    text = says("compare", language, first=said[0], second=said[1])
    return Sentence(text, "supported", tuple(e.citation for e in pair))


def _where(evidence: Evidence) -> str:
    dated = f", {evidence.published}" if evidence.published else ""
    return f"{evidence.title or evidence.path}{dated}"
