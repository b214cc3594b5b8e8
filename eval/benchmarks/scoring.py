"""Rows of a benchmark to its figures, each with a 95% bootstrap interval and the name under which
the papers report it. Pure: the same rows give the same figures.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from eval.benchmarks.asking import Row
from eval.benchmarks.figures import ALL, Measure
from eval.benchmarks.sets import Claim, Question, Task
from eval.engines.record import Record
from eval.metrics import answers, chance, decisions, ranking, wording

Rows = Mapping[str, Row]


def mean(task: Task, name: str, part: str, values: Sequence[float | bool | None]) -> list[Measure]:
    """Return the mean of the values that there are, as one measure; none where there are none."""
    known = np.asarray([float(v) for v in values if v is not None])
    if not len(known):
        return []
    interval = chance.mean_interval(known)
    value = float(known.mean())
    return [Measure(task, name, part, len(known), value, interval.low, interval.high)]


def over(
    task: Task,
    name: str,
    part: str,
    rows: Sequence[tuple[float, bool]],
    statistic: Callable[[list[float], list[bool]], float | None],
) -> list[Measure]:
    """Return a statistic of pairs (score, truth) as one measure, where it is defined."""
    value = statistic([s for s, _ in rows], [t for _, t in rows]) if rows else None
    if value is None:
        return []

    def of(drawn: chance.Numbers) -> float:
        again = statistic(drawn[:, 0].tolist(), (drawn[:, 1] > 0).tolist())
        return value if again is None else again

    interval = chance.bootstrap(np.asarray(rows, dtype=np.float64), of)
    return [Measure(task, name, part, len(rows), value, interval.low, interval.high)]


def reading(asked: Sequence[Question], rows: Rows, part: str, threshold: float) -> list[Measure]:
    """Score the best span in the given passage, as SQuAD does; below `threshold` it is "no answer"."""
    done = [q for q in asked if q.id in rows and "span" in rows[q.id]]
    sure = {q.id: rows[q.id]["answered"] >= threshold for q in done}
    both = {
        q.id: wording.best_of(q.spans, rows[q.id]["span"] if sure[q.id] else "", q.lang)
        for q in done
    }
    forced = [wording.best_of(q.spans, rows[q.id]["span"], q.lang)[1] for q in done if q.answerable]
    open_ended = any(not q.answerable for q in done)
    found = mean("reading", "span exact match", part, [both[q.id][0] for q in done])
    found += mean("reading", "span F1", part, [both[q.id][1] for q in done])
    found += mean("reading", "span F1 where answerable, span always given", part, forced)
    if open_ended:
        refused = [not sure[q.id] for q in done if not q.answerable]
        found += mean("reading", "no-answer accuracy", part, refused)
        pairs = [(rows[q.id]["answered"], q.answerable) for q in done]
        found += over("reading", "answered or not, AUC", part, pairs, decisions.auroc)
        found += over(
            "reading", "no-answer F1", part, [(float(not sure[q.id]), not q.answerable) for q in done],
            lambda said, true: decisions.detection([s > 0 for s in said], true).f1,
        )  # fmt: skip
    return found


def ranked(asked: Sequence[Question], rows: Rows, part: str) -> list[Measure]:
    """Score the documents found, BM25 alone as the floor, facts held, and the best span in them."""
    done = [q for q in asked if q.id in rows and "ranked" in rows[q.id]]
    able = [q for q in done if any(gain > 0 for gain in q.relevant.values())]
    found: list[Measure] = []
    for field, of in (("ranked", ""), ("lexical", "BM25 alone: ")):
        lists = [(rows[q.id][field], q) for q in able]
        for k in (1, 5, 10):
            values = [ranking.recall_at(ids, _good(q), k) for ids, q in lists]
            found += mean("ranking", f"{of}recall@{k}", part, values)
        values = [ranking.reciprocal_rank(ids[:10], _good(q)) for ids, q in lists]
        found += mean("ranking", f"{of}MRR@10", part, values)
        values = [ranking.average_precision(ids, _good(q), 10) for ids, q in lists]
        found += mean("ranking", f"{of}MAP@10", part, values)
        values = [ranking.ndcg_at(ids, q.relevant, 10) for ids, q in lists]
        found += mean("ranking", f"{of}nDCG@10", part, values)
    facts = [(rows[q.id]["facts"], len(q.facts)) for q in done if "facts" in rows[q.id]]
    for k in (4, 10):
        hits = [any(held[:k]) for held, _ in facts]
        found += mean("ranking", f"a fact in a passage, Hits@{k}", part, hits)
    first = [ranking.first_ranks([[bool(one)] for one in held[:10]]) for held, _ in facts]
    ranks = [one[0] if one else None for one in first]
    found += mean(
        "ranking", "a fact in a passage, MRR@10", part, [1 / r if r else 0 for r in ranks]
    )
    values = [ranking.new_facts_precision(held[:10], n) for held, n in facts]
    found += mean("ranking", "a fact in a passage, MAP@10", part, values)
    spans = [
        wording.best_of(q.spans, rows[q.id]["span"], q.lang)
        for q in done
        if len(q.golds) == 1 and "span" in rows[q.id]
    ]
    found += mean("ranking", "span exact match, passages found", part, [em for em, _ in spans])
    return found + mean("ranking", "span F1, passages found", part, [f1 for _, f1 in spans])


def answered(
    asked: Sequence[Question],
    records: Mapping[str, Record],
    part: str,
    letters: bool,
    files: Callable[[str], str],
) -> list[Measure]:
    """Score an engine's whole answers; those without a reply count as wrong."""
    done = [(q, records[q.id]) for q in asked if q.id in records]
    able = [(q, r) for q, r in done if q.answerable]
    found = mean(
        "answering", "answer holds the gold", part, [holds(q, r, letters) for q, r in able]
    )
    found += mean("answering", "answered where answerable", part,
                  [not r.abstained and r.error is None for _, r in able])  # fmt: skip
    refused = [r.abstained and r.error is None for q, r in done if not q.answerable]
    found += mean("answering", "rejection rate", part, refused)
    f1 = [wording.best_of(q.spans, r.answer, q.lang)[1] for q, r in able
          if len(q.golds) == 1 and not r.abstained]  # fmt: skip
    found += mean("answering", "token F1 of the whole answer", part, f1)
    doctored = [(q, r) for q, r in done if q.fake is not None]
    found += mean("answering", "error detection rate", part, [detected(r) for _, r in doctored])
    fooled = [
        not detected(r) and not answers.unmet(r.answer, [[q.fake or ""]]) for q, r in doctored
    ]
    found += mean("answering", "gives the planted wrong answer", part, fooled)
    cited = [
        sum(c.file in {files(id) for id in _good(q)} for c in r.citations) / len(r.citations)
        for q, r in able
        if r.citations and q.relevant
    ]
    found += mean("answering", "citations in a relevant passage", part, cited)
    seconds = np.asarray([r.seconds for _, r in done if r.error is None])
    if len(seconds):
        found.append(_seconds(seconds, part))
    return found


def grounded(claims: Sequence[Claim], rows: Rows, part: str) -> list[Measure]:
    """Score the verifier's probability and the whole check against the annotators."""
    done = [c for c in claims if c.id in rows and "score" in rows[c.id]]
    scores = [(rows[c.id]["score"], c.supported) for c in done]
    passes = [(float(rows[c.id]["passes"]), c.supported) for c in done]

    def said(yes: list[float], true: list[bool]) -> list[bool]:
        return [value > 0 for value in yes]

    found = mean("grounding", "accuracy", part, [bool(p) == t for p, t in passes])
    found += mean("grounding", "supported, accepted", part, [bool(p) for p, t in passes if t])
    found += mean("grounding", "unsupported, refused", part, [not p for p, t in passes if not t])
    if len({truth for _, truth in scores}) < 2:
        return found
    found += over("grounding", "balanced accuracy", part, passes,
                  lambda y, t: decisions.balanced_accuracy(said(y, t), t))  # fmt: skip
    found += over("grounding", "F1 of unsupported", part, passes,
                  lambda y, t: decisions.detection([v <= 0 for v in y], [not x for x in t]).f1)  # fmt: skip
    found += over("grounding", "AUC of the verifier", part, scores, decisions.auroc)
    return found + over("grounding", "calibration error of the verifier", part, scores,
                        lambda s, t: decisions.calibration_error(decisions.calibration(s, t)))  # fmt: skip


def holds(question: Question, record: Record, letters: bool) -> bool:
    """Tell whether an answer holds a gold of every group."""
    if record.abstained or record.error is not None:
        return False
    if letters:
        return not answers.unmet(record.answer, question.golds)
    return all(wording.contains(record.answer, g, question.lang) for g in question.golds)


def detected(record: Record) -> bool:
    """Tell whether an answer warns of passages that are wrong: abstains, or shows a disagreement."""
    return record.abstained or any(s.verdict == "conflicting" for s in record.sentences)


def parts_of(items: Sequence[Question] | Sequence[Claim]) -> list[str]:
    """Return the parts of a set, "all" first; a set of one part has only that."""
    parts = sorted({item.part for item in items if item.part})
    return [ALL, *parts] if len(parts) > 1 else [ALL]


def _good(question: Question) -> list[str]:
    return [id for id, gain in question.relevant.items() if gain > 0]


def _seconds(seconds: chance.Numbers, part: str) -> Measure:
    interval, value = (
        chance.percentile_interval(seconds, 0.5),
        chance.percentile(seconds.tolist(), 0.5),
    )
    return Measure(
        "answering", "seconds, median", part, len(seconds), value, interval.low, interval.high
    )
