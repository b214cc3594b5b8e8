"""Scores one recorded answer against its case and the documents, with the reasons in words.
`eval/metrics/` holds the definitions, `summary.py` averages the scores, `eval/report/` shows them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from eval.cases import Case, Kind
from eval.corpus import Corpus
from eval.engines.record import Record
from eval.metrics import answers, ranking, wording
from eval.metrics.answers import Place
from sources import Span

TOP = 10  # passages that recall, MRR and nDCG look at


@dataclass(frozen=True)
class Score:
    """How one case went; a field is `None` where its metric does not apply to the case.

    `cited_right` and `cited_exact` have an entry per citation, `evidence_cited` and `found_at` one
    per quote of the evidence (`found_at`: rank of the first passage that holds it). `grounding` has
    the verifier's probability of each sentence it judged, `grounded_right` whether a quote of that
    sentence lies on the evidence. `reasons` say in words what went wrong.
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
    seconds: float | None
    first_sentence: float | None
    reasons: tuple[str, ...]
    exact_match: bool | None = None
    token_f1: float | None = None
    found_at: tuple[int | None, ...] = ()
    retrieval_recall: float | None = None
    retrieval_mrr: float | None = None
    retrieval_ndcg: float | None = None
    groundedness: float | None = None
    alce_precision: float | None = None
    alce_recall: float | None = None
    grounding: tuple[float, ...] = ()
    grounded_right: tuple[bool, ...] = ()
    tokens_read: int | None = None
    tokens_written: int | None = None
    memory: float | None = None

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
    found = bool(evidence) and all(evidence)  # a quote that stands nowhere counts against nobody
    judged = answered and found
    unmet = answers.unmet(record.answer, case.must_include)
    forbidden = answers.forbidden(record.answer, case.must_not_include)
    right = not failed and answers.is_right(
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
        cited_right=tuple(answers.overlaps(place, everywhere) for place in places),
        cited_exact=tuple(corpus.holds(c.file, c.span, c.quote) for c in record.citations),
        evidence_cited=tuple(any(answers.overlaps(p, e) for p in places) for e in evidence),
        citation_precision=answers.citation_precision(places, everywhere) if judged else None,
        citation_recall=answers.citation_recall(places, evidence) if judged else None,
        language=None if failed else answers.language_matches(record.answer, case.lang),
        seconds=None if failed else record.seconds,
        first_sentence=record.first_sentence,
        reasons=_reasons(case, record, unmet, forbidden, corpus),
        tokens_read=record.tokens_read,
        tokens_written=record.tokens_written,
        memory=record.memory,
        **_retrieval(record, evidence) if case.answerable and found and not failed else {},
        **_wording(case, record) if answered else {},
        **_grounding(record, everywhere) if judged else {},
    )


def _retrieval(record: Record, evidence: list[list[Place]]) -> dict[str, Any]:
    """Return the fields about the passages found: every quote of the evidence is looked for."""
    passages = [Place(p.file, Span(p.start, p.end)) for p in record.passages]
    rows = [[answers.overlaps(p, places) for places in evidence] for p in passages]
    found = ranking.first_ranks(rows) if rows else (None,) * len(evidence)
    first = min((rank for rank in found if rank is not None), default=None)
    return {
        "found_at": found,
        "retrieval_recall": ranking.evidence_recall(found, TOP),
        "retrieval_mrr": 1 / first if first else 0.0,
        "retrieval_ndcg": ranking.evidence_ndcg(found, TOP),
    }


def _wording(case: Case, record: Record) -> dict[str, Any]:
    """Return the fields that compare words: with the gold, and of sentences with their quotes."""
    sentences = [(s.text, [c.quote for c in s.citations]) for s in record.sentences]
    precision, recall = answers.alce(sentences, wording.supported)
    return {
        "exact_match": wording.exact_match(record.answer, case.answer, case.lang),
        "token_f1": wording.token_f1(record.answer, case.answer, case.lang),
        "groundedness": _groundedness(sentences),
        "alce_precision": precision,
        "alce_recall": recall,
    }


def _grounding(record: Record, evidence: list[Place]) -> dict[str, Any]:
    """Return the verifier's probabilities, and whether each sentence rests on the evidence."""
    told = [s for s in record.sentences if s.grounding is not None]
    on = [any(answers.overlaps(Place(c.file, c.span), evidence) for c in s.citations) for s in told]
    return {"grounding": tuple(s.grounding for s in told), "grounded_right": tuple(on)}


def _groundedness(sentences: list[tuple[str, list[str]]]) -> float | None:
    shares = [wording.words_supported(text, quotes) for text, quotes in sentences]
    judged = [share for share in shares if share is not None]
    return sum(judged) / len(judged) if judged else None


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
    if answers.language_matches(record.answer, case.lang) is False:
        found.append(f"Not in the language of the question ({case.lang}).")
    inexact = [c for c in record.citations if not corpus.holds(c.file, c.span, c.quote)]
    found += [f"Quote is not what {c.file!r} holds at {c.start} to {c.end}." for c in inexact]
    return tuple(found)
