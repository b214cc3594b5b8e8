"""The metrics, one function each, over plain values: texts, spans, numbers, yes and no. They know
no case files, runs or reports; `score.py` applies them to one case, `summary.py` to many.
"""

import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.text import fold
from sources import Span

RESAMPLES = 1000
SEED = 20241107

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """A span of one file."""

    file: str
    span: Span


@dataclass(frozen=True)
class Interval:
    """A 95% confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Detection:
    """Precision, recall and F1 of a yes-or-no decision, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


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


def answer_words(text: str, language: str) -> list[str]:
    """Return the units that exact match and F1 compare.

    English: words in lower case without punctuation and articles, as SQuAD's evaluation does
    (Rajpurkar et al. 2016). Korean: characters instead of words, as KorQuAD 1.0 does (Lim et al.
    2019), because particles are written onto words.
    """
    bare = "".join(
        " " if unicodedata.category(c)[0] in "PS" and c not in string.punctuation else c
        for c in fold(text)
        if c not in string.punctuation
    )
    words = bare.split()
    if language == "ko":
        return list("".join(words))
    return [word for word in words if word not in ("a", "an", "the")]


def exact_match(text: str, gold: str, language: str) -> bool:
    """Tell whether answer and gold are the same words (SQuAD, Rajpurkar et al. 2016)."""
    return answer_words(text, language) == answer_words(gold, language)


def token_f1(text: str, gold: str, language: str) -> float:
    """Return the F1, 0 to 1, of words (English) or characters (Korean) shared with the gold."""
    ours, theirs = answer_words(text, language), answer_words(gold, language)
    if not ours or not theirs:
        return float(ours == theirs)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))


def detection(predicted: Sequence[bool], wanted: Sequence[bool]) -> Detection:
    """Score abstentions (`predicted`) against the cases that call for one (`wanted`).

    The definitions of van Rijsbergen 1979; what would divide by zero is 0.
    """
    both = sum(p and w for p, w in zip(predicted, wanted, strict=True))
    precision = both / max(1, sum(predicted))
    recall = both / max(1, sum(wanted))
    f1 = 2 * both / max(1, sum(predicted) + sum(wanted))
    return Detection(precision, recall, f1)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of the values do not exceed.

    The nearest-rank definition (Hyndman and Fan 1996, number 1): always a value that occurred.
    """
    return float(np.quantile(np.asarray(seconds, dtype=np.float64), share, method="inverted_cdf"))


def bootstrap(rows: Numbers, statistic: Callable[[Numbers], float]) -> Interval:
    """Return the 95% percentile bootstrap interval of a statistic (Efron 1979), seeded.

    Args:
        rows: shape (n, ...), one row per case; cases are drawn with replacement.
        statistic: from rows of the same shape to a number.
    """
    draw = np.random.default_rng(SEED)
    places = draw.integers(0, len(rows), size=(RESAMPLES, len(rows)))
    values = [statistic(rows[chosen]) for chosen in places]
    low, high = np.quantile(np.asarray(values), [0.025, 0.975])
    return Interval(float(low), float(high))


def permutation_p(gains: int, losses: int) -> float:
    """Return the two-sided p-value of a paired permutation test on yes-or-no outcomes.

    Under "no difference" each case that changed was as likely to change the other way, so the
    exact permutation distribution is binomial: McNemar's test (1947) without approximation.
    """
    changed, fewer = gains + losses, min(gains, losses)
    ways, below = 1, 1 if changed else 0
    for k in range(1, fewer + 1):
        ways = ways * (changed - k + 1) // k
        below += ways
    return min(1.0, 2 * below / 2**changed) if changed else 1.0
