"""The figures of a run, each named once: its title, what one case contributes, its unit, which way
is better and whether the gate looks at it. `summary.py` averages them, `eval/report/` shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from eval.runs.score import Score

FigureName = Literal[
    "right",  # all cases: correct where answerable, refused where not
    "correct",  # answerable cases answered right
    "answered",  # answerable cases not abstained from
    "refused",  # cases that call for abstaining, refused right
    "citation_precision",  # citations that overlap the evidence, mean over cases
    "citation_recall",  # evidence quotes that are cited, mean over cases
    "citation_exact",  # citations whose quote stands at their span; must be 1
    "alce_precision",  # citations that help to support their sentence, as ALCE counts, by words
    "alce_recall",  # sentences that their citations support, as ALCE counts, by words
    "groundedness",  # words of the sentences that stand in their quotes
    "calibration_error",  # how far the verifier's probability is from the share on the evidence
    "retrieval_recall",  # evidence quotes that the first ten passages hold
    "retrieval_mrr",  # 1 / rank of the first passage on the evidence
    "retrieval_ndcg",  # nDCG@10 of the passages
    "language",  # answers in the language of the question
    "abstention_precision",  # abstentions that were called for
    "abstention_recall",  # calls for abstaining that were met
    "abstention_f1",  # harmonic mean of the two
    "exact_match",  # answers equal to the gold, as SQuAD counts
    "token_f1",  # words shared with the gold, as SQuAD and KorQuAD count
    "seconds_mean",  # mean seconds of a whole answer
    "seconds_p50",  # median seconds of a whole answer
    "seconds_p95",  # 95th percentile of the same
    "first_sentence_p50",  # median seconds to the first sentence shown
    "tokens_read",  # mean tokens the language model read for an answer
    "tokens_written",  # mean tokens it wrote
    "memory",  # the most MiB the engine's process had resident
]

Unit = Literal[
    "share",  # of one
    "seconds",
    "count",
    "MiB",
]


@dataclass(frozen=True)
class Named:
    """One figure: `of` gives what a case contributes to its mean, `None` where it does not apply;
    without `of` the figure is no mean over cases, and `summary.py` works it out.
    """

    title: str
    of: Callable[[Score], float | None] | None = None
    unit: Unit = "share"
    lower_is_better: bool = False
    gated: bool = False


FIGURES: dict[FigureName, Named] = {
    "right": Named("right, all cases", lambda s: s.right),
    "correct": Named(
        "correct where answerable", lambda s: s.right if s.answerable else None, gated=True
    ),
    "answered": Named(
        "answered where answerable",
        lambda s: not (s.abstained or s.failed) if s.answerable else None,
        gated=True,
    ),
    "refused": Named("refused where not", lambda s: None if s.answerable else s.right, gated=True),
    "citation_precision": Named("citation precision", lambda s: s.citation_precision, gated=True),
    "citation_recall": Named("citation recall", lambda s: s.citation_recall, gated=True),
    "citation_exact": Named(
        "citation exact",
        lambda s: float(np.mean(s.cited_exact)) if s.cited_exact else None,
        gated=True,
    ),
    "alce_precision": Named("citation precision, ALCE", lambda s: s.alce_precision),
    "alce_recall": Named("citation recall, ALCE", lambda s: s.alce_recall),
    "groundedness": Named("words in the quotes", lambda s: s.groundedness),
    "calibration_error": Named("calibration error", lower_is_better=True),
    "retrieval_recall": Named("evidence recall@10", lambda s: s.retrieval_recall),
    "retrieval_mrr": Named("evidence MRR", lambda s: s.retrieval_mrr),
    "retrieval_ndcg": Named("evidence nDCG@10", lambda s: s.retrieval_ndcg),
    "language": Named("language of the question", lambda s: s.language, gated=True),
    "abstention_precision": Named("abstention precision"),
    "abstention_recall": Named("abstention recall"),
    "abstention_f1": Named("abstention F1"),
    "exact_match": Named("exact match with gold", lambda s: s.exact_match),
    "token_f1": Named("token F1 with gold", lambda s: s.token_f1),
    "seconds_mean": Named("seconds, mean", lambda s: s.seconds, "seconds", True),
    "seconds_p50": Named("seconds, median", None, "seconds", True),
    "seconds_p95": Named("seconds, 95th percentile", None, "seconds", True),
    "first_sentence_p50": Named("first sentence, median", None, "seconds", True),
    "tokens_read": Named("tokens read, mean", lambda s: s.tokens_read, "count", True),
    "tokens_written": Named("tokens written, mean", lambda s: s.tokens_written, "count", True),
    "memory": Named("peak memory", None, "MiB", True),
}
GATED: tuple[FigureName, ...] = tuple(name for name, named in FIGURES.items() if named.gated)
