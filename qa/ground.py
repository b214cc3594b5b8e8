"""Grounding: finds the quotations that support a sentence, whatever the model said it took it from,
and refuses the sentence when a number, date or name in it is not in them or they do not entail it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer import Citation
from qa.read import Evidence
from qa.reader import Reader
from qa.values import missing

MOST_QUOTES = 3


@dataclass(frozen=True)
class Grounding:
    """Why a sentence may be shown (`reason` is `None`) or may not, and its quotations."""

    citations: tuple[Citation, ...]
    probability: float
    reason: str | None


def ground(
    sentence: str, evidence: Sequence[Evidence], reader: Reader, *, at_least: float
) -> Grounding:
    """Find the fewest quotations that support `sentence`, at most three.

    Args:
        sentence: one sentence the language model wrote.
        evidence: the sentences it was given.
        reader: judges entailment.
        at_least: the probability of entailment below which the sentence is refused.
    """
    if not evidence:
        return Grounding((), 0.0, "there is nothing to support it")
    for one in evidence:
        if _fold(sentence) in _fold(one.text):
            return Grounding((one.citation,), 1.0, None)
    alone = reader.entails([(sentence, e.text) for e in evidence])
    order = sorted(
        range(len(evidence)), key=lambda i: (len(missing(sentence, evidence[i].text)), -alone[i])
    )
    chosen = [order[0]]
    absent = missing(sentence, evidence[order[0]].text)
    for i in order[1:]:
        if len(chosen) == MOST_QUOTES or not absent:
            break
        joined = _join(evidence, [*chosen, i])
        fewer = missing(sentence, joined)
        if len(fewer) < len(absent):
            chosen.append(i)
            absent = fewer
    probability = alone[chosen[0]]
    if len(chosen) > 1:
        probability = max(probability, reader.entails([(sentence, _join(evidence, chosen))])[0])
    elif probability < at_least and len(order) > 1:
        chosen, probability = _with_second(sentence, evidence, order, alone, reader, at_least)
    citations = tuple(evidence[i].citation for i in sorted(chosen, key=chosen.index))
    if absent:
        words = ", ".join(sorted({v.written for v in absent}))
        return Grounding(citations, probability, f"not in the quotes: {words}")
    if probability < at_least:
        return Grounding(citations, probability, f"not entailed by the quotes ({probability:.2f})")
    return Grounding(citations, probability, None)


def _with_second(
    sentence: str,
    evidence: Sequence[Evidence],
    order: Sequence[int],
    alone: Sequence[float],
    reader: Reader,
    at_least: float,
) -> tuple[list[int], float]:
    """Try the most entailing sentence alone, then together with the first of `order`."""
    best = max(range(len(evidence)), key=lambda i: alone[i])
    if alone[best] >= at_least and not missing(sentence, evidence[best].text):
        return [best], alone[best]
    pair = [order[0], next(i for i in order[1:])]
    together = reader.entails([(sentence, _join(evidence, pair))])[0]
    return (pair, together) if together >= at_least else ([order[0]], alone[order[0]])


def _join(evidence: Sequence[Evidence], rows: Sequence[int]) -> str:
    ordered = sorted(rows, key=lambda i: (evidence[i].path, evidence[i].start))
    return " ".join(evidence[i].text for i in ordered)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .。")
