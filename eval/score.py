"""Scores one recorded answer against its case and the documents, with the reasons in words.
`metrics.py` holds the definitions, `summary.py` averages the scores, `report.py` shows them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from eval import metrics
from eval.cases import Case, Kind
from eval.corpus import Corpus
from eval.metrics import Place
from eval.record import Record


@dataclass(frozen=True)
class Score:
    """How one case went; a field is `None` where its metric does not apply to the case.

    `cited_right` and `cited_exact` have an entry per citation, `evidence_cited` one per quote of
    the evidence; `reasons` say in words what went wrong.
    """

    id: str
    kind: Kind
    lang: str
    answerable: bool
    abstained: bool
    failed: bool
    right: bool
    cited_right: tuple[bool, ...]
    cited_exact: tuple[bool, ...]
    evidence_cited: tuple[bool, ...]
    citation_precision: float | None
    citation_recall: float | None
    language: bool | None
    exact_match: bool | None
    token_f1: float | None
    seconds: float | None
    first_sentence: float | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, a line of `scores.jsonl`."""
        return asdict(self)

    @classmethod
    def read(cls, fields: dict[str, Any]) -> "Score":
        """Read the JSON form back."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
        return cls(**values)


def score(case: Case, record: Record, corpus: Corpus) -> Score:
    """Score one answer; citations are judged only where an answerable case was answered."""
    failed = record.error is not None
    answered = case.answerable and not record.abstained and not failed
    places = [Place(c.file, c.span) for c in record.citations]
    evidence = [
        [Place(e.file, span) for span in corpus.locate(e.file, e.quote).spans]
        for e in case.evidence
    ]
    everywhere = [place for each in evidence for place in each]
    judged = answered and bool(evidence)
    unmet = metrics.unmet(record.answer, case.must_include)
    forbidden = metrics.forbidden(record.answer, case.must_not_include)
    right = not failed and metrics.is_right(
        record.answer, record.abstained, case.answerable, met=not unmet and not forbidden
    )
    return Score(
        id=case.id,
        kind=case.kind,
        lang=case.lang,
        answerable=case.answerable,
        abstained=record.abstained,
        failed=failed,
        right=right,
        cited_right=tuple(metrics.overlaps(place, everywhere) for place in places),
        cited_exact=tuple(corpus.holds(c.file, c.span, c.quote) for c in record.citations),
        evidence_cited=tuple(any(metrics.overlaps(p, e) for p in places) for e in evidence),
        citation_precision=metrics.citation_precision(places, everywhere) if judged else None,
        citation_recall=metrics.citation_recall(places, evidence) if judged else None,
        language=None if failed else metrics.language_matches(record.answer, case.lang),
        exact_match=(
            metrics.exact_match(record.answer, case.answer, case.lang) if answered else None
        ),
        token_f1=metrics.token_f1(record.answer, case.answer, case.lang) if answered else None,
        seconds=None if failed else record.seconds,
        first_sentence=record.first_sentence,
        reasons=_reasons(case, record, unmet, forbidden, corpus),
    )


def _reasons(
    case: Case,
    record: Record,
    unmet: tuple[tuple[str, ...], ...],
    forbidden: tuple[str, ...],
    corpus: Corpus,
) -> tuple[str, ...]:
    if record.error is not None:
        return (f"No reply: {record.error}",)
    found: list[str] = []
    if case.answerable and record.abstained:
        found.append("Abstained, though the documents answer this.")
    if not case.answerable and not record.abstained:
        found.append("Answered, though this calls for abstaining.")
    for group in unmet:
        more = f" (or {len(group) - 1} other ways to say it)" if len(group) > 1 else ""
        found.append(f"Missing: {group[0]!r}{more}.")
    found += [f"Must not be said: {wrong!r}." for wrong in forbidden]
    if metrics.language_matches(record.answer, case.lang) is False:
        found.append(f"Not in the language of the question ({case.lang}).")
    inexact = [c for c in record.citations if not corpus.holds(c.file, c.span, c.quote)]
    found += [f"Quote is not what {c.file!r} holds at {c.start} to {c.end}." for c in inexact]
    return tuple(found)
