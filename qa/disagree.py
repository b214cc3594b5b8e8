"""Finds disagreements: two places in the documents that state different values for the one thing a
question asks for. Both are shown, with their dates, and neither is preferred.
"""

import re
from collections.abc import Sequence

from qa.answer import Sentence
from qa.expect import Kind, asks_for
from qa.prompts import Language, says
from qa.read import Evidence, Findings
from qa.reckon import moments, year_around
from qa.values import numbers

# A question that is itself about disagreement.
ASKS_AGREEMENT = re.compile(
    r"\b(?:agree|disagree|contradict\w*|inconsisten\w+|consistent\w*|discrepanc\w+|conflict\w*|differ(?:s|ent|ently|ence)?"
    r"|vary|varies|throughout|same (?:way|number|figure|date|name|title|year|day|amount|total|story)|different (?:number|figure|date|name|title|version|amount|total)s?|match)\b"
    r"|어긋|모순|불일치|일치|엇갈|상충|서로 다르|다른 것 같|안 맞|맞지 않|앞뒤|일관|동일한가|다르(?:던데|지|게 (?:나|적|쓰|되))|(?:서로|기사에서|문서에서|똑) ?같(?:아|나|은가|습|은지|니)",
    re.IGNORECASE,
)
AS_SURE = 0.6  # of the best evidence's score: what less surely answers is about something else


def disagreement(question: str, findings: Findings) -> tuple[Evidence, Evidence] | None:
    """Return the best evidence and another that states a different value, or `None`.

    Args:
        question: what was asked; it must ask for a value (a number, a time, an amount), or whether
            the documents agree.
        findings: the evidence, best first.
    """
    kind = asks_for(question)
    about = ASKS_AGREEMENT.search(question) is not None
    if not findings.evidence or not (kind or about):
        return None
    best = findings.evidence[0]
    for other in findings.evidence[1:]:
        sure = about or other.score >= AS_SURE * best.score
        if sure and _apart(best, other) and _differ(kind, best, other, about=about):
            return best, other
    return None


def _apart(one: Evidence, other: Evidence) -> bool:
    """Tell whether two sentences are two statements: in two documents, or far apart in one."""
    return one.path != other.path or not one.start - 400 < other.start < one.end + 400


def _differ(kind: Kind | None, one: Evidence, other: Evidence, *, about: bool) -> bool:
    a, b = (_values(kind, e, whole=about) for e in (one, other))
    return bool(a) and bool(b) and not a & b


def _values(kind: Kind | None, evidence: Evidence, *, whole: bool) -> set[str]:
    """Return the values a sentence states, within what the reader marked unless `whole`."""
    text = evidence.text if whole else evidence.answer
    if kind in ("date", "time"):
        return {m.day.isoformat()[:7] for m in moments(text, year=year_around(evidence))}
    dates = {part for m in moments(text, year=2000) for part in re.findall(r"\d+", m.written)}
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
