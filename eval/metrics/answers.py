"""The metrics of one answer, one function each, over plain values: texts and spans. Beside them
stand `wording.py`, `ranking.py`, `decisions.py` and `chance.py`; none knows case files or runs.
`score.py` applies them to one case, `summary.py` to many.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.text import fold
from sources import Span


@dataclass(frozen=True)
class Place:
    """A span of one file."""

    file: str
    span: Span


def unmet(text: str, must_include: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of which `text` holds no alternative, compared after folding.

    A group of alternatives is a "nugget" with its variants, as in TREC's question answering track
    (Voorhees 2003).
    """
    folded = fold(text)
    return tuple(
        tuple(group) for group in must_include if not any(fold(a) in folded for a in group)
    )


def forbidden(text: str, must_not_include: Sequence[str]) -> tuple[str, ...]:
    """Return the texts that `text` holds and must not, compared after folding."""
    folded = fold(text)
    return tuple(wrong for wrong in must_not_include if fold(wrong) in folded)


def is_right(text: str, abstained: bool, answerable: bool, *, met: bool) -> bool:
    """Tell whether the answer to one case is right.

    An answerable case is right when it was answered and its text meets the demands; a case that
    cannot be answered is right when the assistant abstained and its text meets the demands (the
    unanswerable questions of SQuAD 2.0, Rajpurkar et al. 2018, with the wording checked too).

    Args:
        text: what was shown; an empty text is never right.
        abstained: whether the assistant abstained.
        answerable: whether the documents answer the question.
        met: every group of `must_include` is met and nothing of `must_not_include` occurs.
    """
    return bool(text.strip()) and met and abstained != answerable


def overlaps(citation: Place, evidence: Sequence[Place]) -> bool:
    """Tell whether a citation shares at least one character with a place of the evidence."""
    return any(
        citation.file == place.file
        and max(citation.span.start, place.span.start) < min(citation.span.end, place.span.end)
        for place in evidence
    )


def citation_precision(citations: Sequence[Place], evidence: Sequence[Place]) -> float | None:
    """Return the share of citations that overlap a place of the evidence; `None` without any.

    Precision and recall of citations as in ALCE (Gao et al. 2023), judged by spans of the source
    in place of an entailment model.
    """
    if not citations:
        return None
    return sum(overlaps(citation, evidence) for citation in citations) / len(citations)


def citation_recall(
    citations: Sequence[Place], evidence: Sequence[Sequence[Place]]
) -> float | None:
    """Return the share of evidence quotes that some citation overlaps; `None` without evidence.

    Args:
        citations: where the citations stand.
        evidence: for each quote, every place where it stands (a quote may occur twice).
    """
    if not evidence:
        return None
    found = sum(any(overlaps(c, places) for c in citations) for places in evidence)
    return found / len(evidence)


def hangul_share(text: str) -> float | None:
    """Return the share of words that hold Hangul, among words with letters; `None` without any.

    Words, not letters: Korean ties its particles to Latin names ("Google과 IBM이").
    """
    words = [word for word in text.split() if any(c.isalpha() for c in word)]
    if not words:
        return None
    return sum(any("가" <= c <= "힣" for c in word) for word in words) / len(words)


def language_matches(text: str, language: str) -> bool | None:
    """Tell whether an answer is in the language asked for; `None` where that cannot be told.

    A Korean answer may list Latin names (at least a fifth of its words hold Hangul), an English
    one may quote Korean names (under half). A text without letters, such as a number, is in any
    language, and languages other than English and Korean are not judged.
    """
    share = hangul_share(text)
    if share is None or language not in ("en", "ko"):
        return None
    return share >= 0.2 if language == "ko" else share < 0.5


def alce(
    sentences: Sequence[tuple[str, Sequence[str]]],
    supports: Callable[[str, Sequence[str]], bool | None],
) -> tuple[float | None, float | None]:
    """Return citation precision and recall of one answer as in ALCE (Gao et al. 2023).

    Recall: the share of sentences that their citations together support. Precision: the share of
    citations that are not irrelevant; a citation is irrelevant when its sentence is unsupported,
    or when it does not support the sentence alone and the others do without it.

    Args:
        sentences: each with the quotes it cites.
        supports: tells whether quotes support a sentence; where it says `None`, the sentence
            cannot be judged and is left out. ALCE asks an entailment model here.

    Returns:
        Precision and recall; `None` where there is nothing to judge.
    """
    recalled: list[bool] = []
    precise: list[bool] = []
    for text, quotes in sentences:
        whole = supports(text, quotes) if quotes else False
        if whole is None:
            continue
        recalled.append(whole)
        for at in range(len(quotes)):
            others = [*quotes[:at], *quotes[at + 1 :]]
            alone = bool(supports(text, [quotes[at]]))
            needed = alone or not (others and supports(text, others))
            precise.append(whole and needed)
    return _share(precise), _share(recalled)


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
