"""Does the work of a benchmark, one question or claim at a time: reads, ranks, asks, grounds. Gives
rows of plain values that `scoring.py` turns into figures, today or from disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eval.benchmarks.claims import sentences
from eval.benchmarks.sets import Claim, Passage, Question
from eval.benchmarks.shelf import Shelf
from eval.metrics.wording import words_supported
from index import Hit, Index, Retriever
from index.sentences import split
from qa import AnsweringSettings, Reader
from qa.ground import ground
from qa.read import Evidence, read

Row = dict[str, Any]

WINDOW_TOKENS = 300  # of a text that the reader looks at; it reads 384 with the question
DEPTH = 60  # passages searched, so that ten different documents come out
RANKED = 20  # documents kept
HITS = 10  # passages that are read, and that facts are looked for in
QUOTES = 6  # sentences a claim is checked against, as in answering


@dataclass(frozen=True)
class Desk:
    """What reading and ranking work with."""

    reader: Reader
    count_tokens: Callable[[str], int]
    settings: AnsweringSettings
    index: Index | None = None
    shelf: Shelf | None = None


def read_given(desk: Desk, question: Question, passage: Passage) -> Row:
    """Read the passage a question belongs to: the best span, and how surely it answers."""
    parts = windows(passage.text, question.lang, desk.count_tokens)
    readings = desk.reader.read(question.text, [(part, passage.title or None) for part in parts])
    best = max(range(len(parts)), key=lambda at: readings[at].answered)
    span = readings[best].best
    return {
        "id": question.id,
        "span": parts[best][span.start : span.end],
        "answered": round(readings[best].answered, 4),
    }


def rank(desk: Desk, question: Question) -> Row:
    """Search all passages: the documents found, those of BM25 alone, and the best span in them."""
    index, shelf = desk.index, desk.shelf
    assert index is not None and shelf is not None
    hits = Retriever(index).search(question.text, top_k=DEPTH)
    lexical = [match.id for match in index.matches(question.text, DEPTH, None, None)]
    nodes = index.nodes(lexical)
    row: Row = {
        "id": question.id,
        "ranked": documents(shelf, question, [hit.path for hit in hits]),
        "lexical": documents(
            shelf, question, [nodes[id].metadata["path"] for id in lexical if id in nodes]
        ),
    }
    if question.facts:
        row["facts"] = [held(hit, question.facts) for hit in hits[:HITS]]
    if question.golds:
        found = read(desk.reader, question.text, hits[:HITS], most=1)
        row["span"] = found.evidence[0].answer if found.evidence else ""
        row["answered"] = round(found.answered, 4)
    return row


def documents(shelf: Shelf, question: Question, paths: Sequence[str]) -> list[str]:
    """Return the documents of passages found, each once, without the question itself, which some
    sets of BEIR hold as a document; BEIR's own evaluation leaves it out, too.
    """
    found = shelf.ids(paths)
    return [id for id in found if id != question.id or id in question.relevant][:RANKED]


def held(hit: Hit, facts: Sequence[str]) -> list[int]:
    """Return which facts stand in a passage, blanks aside, as MultiHop-RAG's evaluation looks."""
    text = "".join(hit.text.split())
    return [at for at, fact in enumerate(facts) if "".join(fact.split()) in text]


def check(desk: Desk, claim: Claim) -> Row:
    """Check a claim, sentence by sentence: all of it must be supported.

    `score` is the verifier's alone: of each sentence the best window of the source, and of those
    the worst. `passes` is the whole check that answers go through, `reason` what it refuses.
    """
    source = windows(" ".join(claim.source), claim.lang, desk.count_tokens, claim.source)
    at_least = desk.settings.entailed_at_least
    scores: list[float] = []
    reason: str | None = None
    for sentence in sentences(claim.text):
        scores.append(max(desk.reader.entails([(sentence, part) for part in source])))
        if reason is None:
            evidence = nearest(sentence, claim)
            reason = ground(sentence, evidence, desk.reader, at_least=at_least).reason
    score = round(min(scores, default=0.0), 4)
    return {"id": claim.id, "score": score, "passes": reason is None, "reason": reason}


def nearest(sentence: str, claim: Claim) -> list[Evidence]:
    """Return the sentences of a claim's source that share most words with it, in their order."""
    texts = [text for text in claim.source if text.strip()]
    shared = [words_supported(sentence, [text]) or 0.0 for text in texts]
    order = sorted(range(len(texts)), key=lambda at: -shared[at])
    starts = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]
    return [
        Evidence("source", None, None, claim.lang, starts[at], starts[at] + len(texts[at]),
                 texts[at], 1.0, "")
        for at in sorted(order[:QUOTES])
    ]  # fmt: skip


def windows(
    text: str, language: str, count: Callable[[str], int], given: Sequence[str] | None = None
) -> list[str]:
    """Cut a text into stretches of whole sentences that the reader can take in at once.

    Args:
        text: the text; given back whole where it is short enough.
        language: ISO 639-1 code.
        count: counts tokens.
        given: its sentences, where they are known; joined by blanks.
    """
    if count(text) <= WINDOW_TOKENS:
        return [text]
    if given is None:
        cuts = [span.start for span in split(text, 0, len(text), language)]
        given = [text[a:b] for a, b in zip([0, *cuts[1:]], [*cuts[1:], len(text)], strict=True)]
        blank = ""
    else:
        blank = " "
    parts: list[str] = []
    size = WINDOW_TOKENS + 1
    for sentence in given:
        tokens = count(sentence)
        if size + tokens > WINDOW_TOKENS:
            parts.append(sentence)
            size = tokens
        else:
            parts[-1] += blank + sentence
            size += tokens
    return parts
