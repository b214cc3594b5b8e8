"""Reads the passages found for a question and chooses the evidence: the sentences that answer.
Evidence is what the language model sees and what a quotation may quote.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import Hit
from qa.answer import Citation
from qa.reader import Reader, Reading
from sources import Span

# A sentence that opens so leans on the one before it.
LEANS = re.compile(
    r"^\W*(he|she|it|they|this|these|that|those|his|her|their|its|such|both)\b|^\W*(그는|그녀는|이는|이에|그들은|이번|이를|이날|또한)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Evidence:
    """A sentence of a document. `score` (0 to 1): how surely it answers; `span`: the likeliest
    answer inside the document, empty for a sentence that is there only as context.
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

    @property
    def citation(self) -> Citation:
        """The sentence as a quotation."""
        return Citation(self.path, self.title, self.start, self.end, self.text)


@dataclass(frozen=True)
class Findings:
    """What reading gave: how surely any passage answers, and the evidence, best first."""

    answered: float
    evidence: tuple[Evidence, ...]


def read(reader: Reader, question: str, hits: Sequence[Hit], *, most: int) -> Findings:
    """Read `hits` for `question`; return at most `most` sentences of evidence, best first."""
    readings = reader.read(question, [(h.text, h.heading or h.title) for h in hits])
    found = [
        evidence
        for hit, reading in zip(hits, readings, strict=True)
        for evidence in _sentences(hit, reading)
    ]
    found.sort(key=lambda e: -e.score)
    unique: dict[str, Evidence] = {}
    for evidence in found:
        unique.setdefault(" ".join(evidence.text.split()), evidence)
    best = list(unique.values())
    answered = max((r.answered for r in readings), default=0.0)
    floor = best[0].score * 0.2 if best else 0.0
    return Findings(answered, tuple(e for e in best[:most] if e.score >= floor))


def _sentences(hit: Hit, reading: Reading) -> list[Evidence]:
    found = []
    for at, sentence in enumerate(hit.sentences):
        inside = Span(sentence.start - hit.start, sentence.end - hit.start)
        text = hit.text[inside.start : inside.end]
        weight = max(reading.mass(inside), reading.peak(inside))
        overlap = Span(max(inside.start, reading.best.start), min(inside.end, reading.best.end))
        answer = (
            hit.text[overlap.start : overlap.end].strip() if overlap.end > overlap.start else ""
        )
        if at and LEANS.match(text):
            before = hit.sentences[at - 1]
            inside = Span(before.start - hit.start, inside.end)
            text = hit.text[inside.start : inside.end]
        found.append(
            Evidence(
                hit.path, hit.title, hit.published, hit.language, hit.start + inside.start,
                hit.start + inside.end, text, reading.answered * weight, answer,
            )
        )  # fmt: skip
    return found
