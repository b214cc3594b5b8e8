"""Training examples for the reader, from public sets in a folder the user names (SQuAD 2.0,
KorQuAD, KLUE-NLI, WiCE) and from the project's own questions and claims beside this file.
Splits are by article, so that what is held out was never seen in any form.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from index.embedding import Embedding
from index.sentences import split
from sources import Span

OWN = Path(__file__).parent
WRITINGS = ("abcd", "ef")  # of our own documents, by the letters of their files
HELD_OUT = 0.12  # the share of our own documents that a reader is not trained on
PASSAGE_CHARACTERS = {"en": 800, "ko": 400}


@dataclass(frozen=True)
class Example:
    """A question on a passage (`spans` empty: not answered there) or a claim on its source."""

    kind: Literal["question", "claim"]
    group: str  # the article it comes from; splits keep groups together
    source: str  # the data set
    query: str
    text: str
    title: str | None = None
    spans: tuple[Span, ...] = ()
    label: bool = False


def squad(path: Path, source: str) -> list[Example]:
    """Read a file in SQuAD format (1.1, 2.0 or KorQuAD 1.0)."""
    found = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = question.get("answers") or []
                spans = tuple(
                    Span(a["answer_start"], a["answer_start"] + len(a["text"])) for a in answers[:1]
                )
                found.append(
                    Example(
                        "question",
                        article.get("title", ""),
                        source,
                        question["question"],
                        paragraph["context"],
                        article.get("title", "").replace("_", " ") or None,
                        spans,
                        bool(spans),
                    )
                )
    return found


def shortened(example: Example, most: int) -> Example:
    """Cut a long passage to about `most` characters around its answer, at blanks."""
    if len(example.text) <= most:
        return example
    middle = example.spans[0].start if example.spans else len(example.text) // 2
    start = max(0, min(middle - most // 2, len(example.text) - most))
    start = example.text.find(" ", start) + 1 if start else 0
    end = min(len(example.text), max(start + most, example.spans[0].end if example.spans else 0))
    spans = tuple(Span(s.start - start, s.end - start) for s in example.spans)
    return replace(example, text=example.text[start:end], spans=spans)


def elsewhere(examples: Sequence[Example], count: int, dice: random.Random) -> list[Example]:
    """Ask answered questions of another paragraph of the same article that lacks the answer."""
    by_group: dict[str, list[Example]] = {}
    for example in examples:
        by_group.setdefault(example.group, []).append(example)
    found = []
    answered = [e for e in examples if e.spans]
    for example in dice.sample(answered, min(count, len(answered))):
        answer = example.text[example.spans[0].start : example.spans[0].end]
        others = [
            e for e in by_group[example.group] if e.text != example.text and answer not in e.text
        ]
        if others:
            other = dice.choice(others)
            found.append(
                Example(
                    "question",
                    example.group,
                    example.source,
                    example.query,
                    other.text,
                    example.title,
                )
            )
    return found


def klue(path: Path) -> list[Example]:
    """Read KLUE-NLI; only entailment counts as entailed."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Example(
            "claim", r["guid"], "klue", r["hypothesis"], r["premise"],
            label=r["gold_label"] == "entailment",
        )
        for r in rows
    ]  # fmt: skip


def wice(path: Path) -> list[Example]:
    """Read WiCE claims against oracle chunks; only full support counts as entailed."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Example(
            "claim", r["meta"]["id"], "wice", r["claim"], " ".join(r["evidence"])[-1400:],
            label=r["label"] == "supported",
        )
        for r in rows
    ]  # fmt: skip


def passages(text: str, language: str) -> list[Span]:
    """Cut a text into passages of whole sentences, about as long as the index makes them."""
    found: list[Span] = []
    for sentence in split(text, 0, len(text), language):
        last = found[-1] if found else None
        if last and sentence.end - last.start <= PASSAGE_CHARACTERS[language]:
            found[-1] = Span(last.start, sentence.end)
        else:
            found.append(sentence)
    return found


def questions(document: dict[str, Any], source: str) -> Iterator[Example]:
    """Give each question the passages that answer it and one that does not; one that nothing
    answers gets all of them.
    """
    text = document["text"]
    cut = passages(text, document["lang"])
    for number, item in enumerate(document["qa"]):
        starts = [(text.find(a), len(a)) for a in item["answers"]]
        spans = [Span(at, at + size) for at, size in starts if at >= 0]
        found = []
        for passage in cut:
            inside = tuple(
                Span(s.start - passage.start, s.end - passage.start)
                for s in spans
                if passage.start <= s.start and s.end <= passage.end
            )
            found.append(
                Example(
                    "question", document["id"], source, item["q"], text[passage.start : passage.end],
                    document.get("title"), inside, bool(inside),
                )
            )  # fmt: skip
        other = [e for e in found if not e.spans]
        if spans and other:
            other = [other[number % len(other)]]
        yield from [*(e for e in found if e.spans), *other]


def _claims(document: dict[str, Any], embedding: Embedding) -> Iterator[Example]:
    """Give each claim the sentences nearest to it, as grounding does, two or three or four of them;
    one in four the whole text besides.
    """
    text, claims = document["text"], [c["text"] for c in document["claims"]]
    spans = split(text, 0, len(text), document["lang"])
    sentences = [text[s.start : s.end] for s in spans]
    vectors = embedding.embed_titled([""] * (len(claims) + len(spans)), claims + sentences)
    near = vectors[: len(claims)] @ vectors[len(claims) :].T
    for number, claim in enumerate(document["claims"]):
        ranked = (-near[number]).argsort()
        sources = [" ".join(sentences[i] for i in sorted(ranked[: 2 + number % 3]))]
        sources += [text] if number % 4 == 3 else []
        for source in sources:
            yield Example(
                "claim", document["id"], "own", claim["text"], source, document.get("title"),
                label=bool(claim["label"]),
            )  # fmt: skip


def own(path: Path, embedding: Embedding) -> list[Example]:
    """Read our own documents with questions and claims."""
    found: list[Example] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        found += questions(document, "own")
        found += _claims(document, embedding)
    return found


def held_out(examples: Sequence[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Split by group into training and held-out examples; the same split at every call."""
    groups = sorted({e.group for e in examples})
    random.Random(11).shuffle(groups)
    kept = set(groups[: max(1, int(len(groups) * share))])
    return [e for e in examples if e.group not in kept], [e for e in examples if e.group in kept]
