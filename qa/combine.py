"""Joins what was found for a question with what was found for each of its parts, or in each document:
what no answer may leave out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from index.kiwi import proper_nouns
from qa.names import is_hangul, known
from qa.read import Evidence, Findings
from qa.values import missing, stands

EACH_AT_LEAST = 0.1  # of the best score: what counts as evidence of a further document
PART_AT_LEAST = 0.4  # how surely a part must be answered for its evidence to be needed
LEFT_BELOW = 0.13  # how surely a part must be answered not to count as left open
AS_GOOD = 0.5  # of a part's best score


@dataclass(frozen=True)
class Part:
    """A part of a question, as a question of its own, and what was found for it. `beside`: whether it
    stands beside other parts, or leads to one or comes from it.
    """

    question: str
    findings: Findings
    beside: bool = True


Opening = Callable[[str], str]  # the beginning of the document of this path


def combine(whole: Findings, parts: Sequence[Part], opening: Opening, *, most: int) -> Findings:
    """Join what was found for a question and for each of its parts; at most `most` sentences.

    The question counts as answered when it is as a whole, or when every part is; or when some are
    clearly and nothing at all answers the others, which are left open.
    """
    sure = [
        (_naming(part, parts, opening), part.findings)
        for part in parts
        if part.findings.evidence and part.findings.answered >= PART_AT_LEAST
    ]
    if not sure:
        return whole
    best = [_best_of(fits, whole) for fits, _ in sure]
    if whole.is_clear:
        best.append(whole.evidence[0])
    needed = _once(best)
    rest = [e for _, findings in sure for e in findings.evidence[1:3]]
    evidence = _once([*needed, *whole.evidence[:2], *sorted(rest, key=lambda e: -e.score)])
    left = () if whole.is_clear else _left(parts)
    told = [part.findings.answered for part in parts if part.question not in left]
    return replace(
        whole,
        answered=max(whole.answered, min(told)),
        evidence=evidence[:most],
        needed=needed,
        left=left,
    )


def _left(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the parts that nothing answers, where all others are clearly answered."""
    left = [p for p in parts if p.beside and p.findings.answered < LEFT_BELOW]
    others = [p for p in parts if p not in left]
    clear = others and all(p.beside and p.findings.is_clear for p in others)
    return tuple(p.question for p in left) if clear else ()


def _naming(part: Part, parts: Sequence[Part], opening: Opening) -> list[Evidence]:
    """Return the evidence of a part that names what it asks about and no other part does, the title
    or beginning of its document included; all of it where the part has no name of its own or
    nothing names it.
    """
    others = " ".join(other.question for other in parts if other is not part)
    if not part.beside:
        return list(part.findings.evidence)
    own = [v.written for v in missing(part.question, others) if v.kind == "name"]
    if is_hangul(part.question):
        own += [noun for noun in proper_nouns(part.question) if not known(noun, others)]
    fits = [
        e
        for e in part.findings.evidence
        if all(stands(name, f"{e.title or opening(e.path)} {e.heading} {e.text}") for name in own)
    ]
    return fits or list(part.findings.evidence)


def _best_of(fits: Sequence[Evidence], whole: Findings) -> Evidence:
    """Return a part's best evidence: that of the whole question where it serves the part nearly
    as well.
    """
    best, places = fits[0], {e.citation: e for e in fits}
    shared = places.get(whole.evidence[0].citation) if whole.evidence else None
    return whole.evidence[0] if shared and shared.score >= AS_GOOD * best.score else best


def each_document(findings: Findings, *, most: int) -> Findings:
    """Make the best evidence of each document needed, for a question about all of them."""
    best: dict[str, Evidence] = {}
    for one in findings.evidence:
        best.setdefault(one.path, one)
    floor = EACH_AT_LEAST * findings.evidence[0].score if findings.evidence else 0.0
    needed = tuple(e for e in best.values() if e.score >= floor)[:3]
    if len(needed) < 2:
        return replace(findings, evidence=findings.evidence[:most])
    evidence = _once([*needed, *findings.evidence])[:most]
    return replace(findings, evidence=evidence, needed=needed)


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    unique: dict[tuple[str, int, int], Evidence] = {}
    for one in evidence:
        unique.setdefault((one.path, one.start, one.end), one)
    return tuple(unique.values())
