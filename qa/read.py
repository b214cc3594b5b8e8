"""Reads the passages found for a question and chooses the evidence: the sentences that answer.
Evidence is what the language model sees and what a quotation may quote.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index import Hit
from qa.answer import Citation
from qa.expect import asks_for, asks_several, echoes, has
from qa.orders import gives_orders
from qa.reader import Reader, Reading
from sources import Span

# A sentence that opens so leans on the one before it.
LEANS = re.compile(
    r"^\W*(he|she|it|they|this|these|that|those|his|her|their|its|such|both)\b|^\W*(그는|그녀는|이는|이에|그들은|이번|이를|이날|또한)",
    re.IGNORECASE,
)

# A sentence that adds to what the one before it tells.
ADDS = re.compile(
    r"\b(?:also|as well|additionally|in addition|furthermore|moreover|besides)\b"
    r"|^\W*(?:또|또한|아울러|더불어|이와 함께|이 밖에|이외에|그 밖에)\b",
    re.IGNORECASE,
)
ADDED = 0.8  # of the score of the sentence before it

# How much a passage counts less, per unit of fused score behind the nearest passage: for the order
# of evidence, and for whether there is an answer at all. Measured in `eval/LOG.md`.
ORDER_BY_SEARCH = 6.0
DOUBT_BY_SEARCH = 2.0
CLEARLY = 0.6  # the probability from which a passage clearly answers
CORRECTING = 4  # passages that are near enough to correct a question
LONGEST_LIST = 1200  # characters
SHORT_ITEM = 40  # characters; items that short say nothing without their list
UNFIT = 0.3  # what a sentence counts for without the time, number, ... that is asked for, or
# whose answer only repeats the question
BULLET = re.compile(r"(^|\n)\s*[-*+•·▪◦‣○●□■–—]\s+$")
NUMBERED = re.compile(r"\(?\d+[.)]\s")


@dataclass(frozen=True)
class Evidence:
    """A sentence of a document. `score` (0 to 1): how surely it answers, all considered; `alone`: by
    the reader's word alone; `answer`: the likeliest answer in it, empty for a sentence that is there
    only as context. `around` is its passage with title and heading.
    """

    path: str
    title: str | None
    published: str | None
    language: str
    start: int
    end: int
    text: str
    score: float
    answer: str
    around: str = ""
    heading: str = ""
    alone: float = 0.0

    @property
    def citation(self) -> Citation:
        """The sentence as a quotation."""
        return Citation(self.path, self.title, self.start, self.end, self.text)


@dataclass(frozen=True)
class Findings:
    """What reading gave: how surely any passage answers, and the evidence, best first.

    `needed` holds what no answer may leave out: the best evidence of each part of the question.
    `left` holds the parts of the question that nothing answers although others are answered.
    `corrected` says how surely a passage corrects what the question takes for granted, and
    `correction` is the sentence of that passage which comes nearest to an answer.
    """

    answered: float
    evidence: tuple[Evidence, ...]
    needed: tuple[Evidence, ...] = ()
    left: tuple[str, ...] = ()
    corrected: float = 0.0
    correction: Evidence | None = None

    @property
    def is_clear(self) -> bool:
        """Whether a passage clearly answers."""
        return bool(self.evidence) and self.answered >= CLEARLY


def read(
    reader: Reader, question: str, hits: Sequence[Hit], *, most: int, asked: str | None = None
) -> Findings:
    """Read `hits` for `question`; return at most `most` sentences of evidence, best first.

    Args:
        reader: reads the passages.
        question: standing alone.
        hits: passages, in any order.
        most: sentences.
        asked: the question as it was asked, where the conversation was added to `question`.
    """
    readings = reader.read(question, [(h.text, h.heading or h.title) for h in hits])
    kind = asks_for(question)
    able = [
        (hit, reading) for hit, reading in zip(hits, readings, strict=True) if has(kind, hit.text)
    ]
    nearest = max((hit.score for hit in hits), default=0.0)
    several = asks_several(question)
    found, sure = [], [0.0]
    for hit, reading in able:
        span = hit.text[reading.best.start : reading.best.end]
        said = UNFIT if echoes(asked or question, span) else 1.0
        sure.append(said * reading.answered * math.exp(DOUBT_BY_SEARCH * (hit.score - nearest)))
        prior = math.exp(ORDER_BY_SEARCH * (hit.score - nearest))
        for evidence in _telling(hit, reading, several=several):
            fit = 1.0 if has(kind, evidence.text) else UNFIT
            found.append(replace(evidence, score=evidence.score * prior * fit * said))
    found.sort(key=lambda e: -e.score)
    unique: dict[str, Evidence] = {}
    for evidence in found:
        unique.setdefault(" ".join(evidence.text.split()), evidence)
    best = list(unique.values())
    floor = best[0].score * 0.2 if best else 0.0
    kept = tuple(e for e in best[:most] if e.score >= floor)
    return _with_correction(Findings(max(sure), kept), hits, readings)


def _with_correction(
    findings: Findings, hits: Sequence[Hit], readings: Sequence[Reading]
) -> Findings:
    """Add how surely one of the nearest passages corrects the question, and its sentence."""
    near = list(zip(hits, readings, strict=True))[:CORRECTING]
    hit, reading = max(near, key=lambda pair: pair[1].corrects, default=(None, None))
    if hit is None or reading is None:
        return findings
    said = max(_telling(hit, reading), key=lambda e: e.score, default=None)
    return replace(findings, corrected=reading.corrects, correction=said)


def _telling(hit: Hit, reading: Reading, *, several: bool = False) -> list[Evidence]:
    """Return the sentences of a passage as evidence, without lines that order a reader about."""
    ordering = [line for line in hit.text.splitlines() if gives_orders(line)]
    found = _sentences(hit, reading, several=several)
    return [e for e in found if not (ordering and set(ordering) & set(_lines(hit, e)))]


def _lines(hit: Hit, evidence: Evidence) -> list[str]:
    """Return the lines of the passage that a sentence stands in."""
    start = hit.text.rfind("\n", 0, evidence.start - hit.start) + 1
    end = hit.text.find("\n", evidence.end - hit.start)
    return hit.text[start : end if end >= 0 else None].splitlines()


def _sentences(hit: Hit, reading: Reading, *, several: bool = False) -> list[Evidence]:
    """Return each sentence of a passage as evidence; a list that answers is one, with its lead-in.
    Where several things are asked for, a sentence that adds to an answer belongs to it.
    """
    rows = [Span(s.start - hit.start, s.end - hit.start) for s in hit.sentences]
    found = [_evidence(hit, reading, rows, at) for at in range(len(rows))]
    for at in range(1, len(rows) if several else 0):
        if ADDS.search(hit.text[rows[at].start : rows[at].end]):
            score = max(found[at].score, ADDED * found[at - 1].score)
            found[at] = replace(found[at], score=score)
    for first, last in _lists(hit.text, rows, several=several):
        scores = [e.score for e in found[first : last + 1]]
        strong = sum(score >= 0.4 * max(scores) for score in scores[1:])
        short = all(len(found[row].text) < SHORT_ITEM for row in range(first + 1, last + 1))
        if scores[0] == max(scores) or strong >= 2 or short:
            whole = Span(rows[first].start, rows[last].end)
            joined = _cut(hit, whole, max(scores), hit.text[whole.start : whole.end])
            found[first : last + 1] = [joined] * (last - first + 1)
    return found


def _evidence(hit: Hit, reading: Reading, rows: Sequence[Span], at: int) -> Evidence:
    inside = rows[at]
    weight = max(reading.mass(inside), reading.peak(inside))
    start, end = max(inside.start, reading.best.start), min(inside.end, reading.best.end)
    answer = hit.text[start:end].strip() if end > start else ""
    if at and LEANS.match(hit.text[inside.start : inside.end]):
        inside = Span(rows[at - 1].start, inside.end)
    return _cut(hit, inside, reading.answered * weight, answer)


def _cut(hit: Hit, span: Span, score: float, answer: str) -> Evidence:
    return Evidence(
        hit.path, hit.title, hit.published, hit.language, hit.start + span.start,
        hit.start + span.end, hit.text[span.start : span.end], score, answer,
        " ".join(filter(None, (hit.title, hit.heading, hit.text))), hit.heading, score,
    )  # fmt: skip


def _lists(text: str, rows: Sequence[Span], *, several: bool = False) -> list[tuple[int, int]]:
    """Return the first and last row of each list: a lead-in that ends in a colon, and its items;
    where several things are asked for, also items without one, and the rows of a table.
    """
    found: list[tuple[int, int]] = []
    for at, row in enumerate(rows[:-1]):
        leads = text[row.start : row.end].rstrip().endswith((":", "："))
        begins = several and _is_item(text, row) and (not found or found[-1][1] < at)
        if not (leads or begins):
            continue
        last = at
        while last + 1 < len(rows) and (
            _is_item(text, rows[last + 1]) or (begins and _goes_on(text, rows, last))
        ):
            last += 1
        if last > at and rows[last].end - row.start <= LONGEST_LIST:
            found.append((at, last))
    return found


def _is_item(text: str, row: Span) -> bool:
    inside = text[row.start : row.end]
    return bool(
        BULLET.search(text[: row.start]) or NUMBERED.match(inside) or inside.startswith("|")
    )


def _goes_on(text: str, rows: Sequence[Span], at: int) -> bool:
    """Tell whether the row after this one stands on the same line."""
    return "\n" not in text[rows[at].end : rows[at + 1].start]
