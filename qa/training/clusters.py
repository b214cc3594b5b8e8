"""Training examples from the project's own clusters (`cluster-*.jsonl`): four documents about one
matter, English and Korean, whose questions use other words than the texts. What lacks the answer is
close to what holds it, as in a folder of documents on one subject.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedding import Embedding, embed_query
from index.sentences import split
from qa.training.examples import OWN, Example, passages
from sources import Span

NEAR = 2  # passages without the answer, the nearest to the question, that each question is asked of
NEAR_UNANSWERED = 3  # the same for a question that nothing answers
UNTITLED = 4  # each fourth document is read without its title, as documents without one are
EACH = 8  # each eighth cluster of a file is held out
LEAST_SHARED = 15  # characters of an answer in a passage that holds only a part of it


@dataclass(frozen=True)
class Passage:
    """A passage of one of the documents of a cluster."""

    document: int
    title: str | None
    text: str
    at: Span


def every(folder: Path = OWN) -> Iterator[dict[str, Any]]:
    """Yield the clusters of a folder, file by file."""
    for path in sorted(folder.glob("cluster-*.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def is_held_out(cluster: dict[str, Any]) -> bool:
    """Whether a cluster is for measuring, not for training."""
    return int(cluster["id"].split("-")[1]) % EACH == 0


def examples(cluster: dict[str, Any], embedding: Embedding) -> list[Example]:
    """Return a cluster's questions and claims as examples of one group."""
    found = cut(cluster)
    vectors = embedding.embed_titled([p.title or "" for p in found], [p.text for p in found])
    asked: list[Example] = []
    for item in cluster["qa"]:
        near = vectors @ embed_query(embedding, item["q"])
        asked += asks(cluster["id"], item, [found[i] for i in (-near).argsort()])
    return [*asked, *claims(cluster)]


def cut(cluster: dict[str, Any]) -> list[Passage]:
    """Cut the documents of a cluster into passages as the index does."""
    return [
        Passage(number, _title(cluster, number), document["text"][span.start : span.end], span)
        for number, document in enumerate(cluster["documents"])
        for span in passages(document["text"], document["lang"])
    ]


def asks(group: str, item: dict[str, Any], ranked: Sequence[Passage]) -> Iterator[Example]:
    """Ask a question of every passage that answers it and of the nearest that do not.

    Args:
        group: the cluster's name.
        item: the question with its quotations.
        ranked: all passages, nearest first.
    """
    marked: dict[Passage, set[Span]] = {passage: set() for passage in ranked}
    for answer in item["answers"]:
        for passage, span in _where(answer, ranked):
            marked[passage].add(span)
    others = NEAR if item["answers"] else NEAR_UNANSWERED
    for passage, spans in marked.items():
        others -= not spans
        if spans or others >= 0:
            yield Example(
                "question", group, "cluster", item["q"], passage.text, passage.title,
                tuple(sorted(spans)), bool(spans),
            )  # fmt: skip


def claims(cluster: dict[str, Any]) -> Iterator[Example]:
    """Yield each claim on its quotation, and one in three on its neighbourhood, too."""
    for number, claim in enumerate(cluster["claims"]):
        document = cluster["documents"][claim["doc"]]
        text, quote = document["text"], claim["quote"]
        sources = [quote]
        if number % 3 == 2:
            start = text.index(quote)
            whole = split(text, 0, len(text), document["lang"])
            near = [s for s in whole if s.end >= start - 2 and s.start <= start + len(quote) + 2]
            sources.append(text[near[0].start : near[-1].end])
        for source in sources:
            yield Example(
                "claim", cluster["id"], "cluster", claim["text"], source, label=bool(claim["label"])
            )


def _title(cluster: dict[str, Any], number: int) -> str | None:
    without = (sum(map(ord, cluster["id"])) + number) % UNTITLED == 0
    return None if without else cluster["documents"][number].get("title")


def _where(answer: dict[str, Any], ranked: Sequence[Passage]) -> list[tuple[Passage, Span]]:
    """Return where a quotation stands: in the nearest passage that holds it, or in those that hold
    a part of it.
    """
    quote = answer["quote"]
    own = [passage for passage in ranked if passage.document == answer["doc"]]
    for passage in own:
        at = passage.text.find(quote)
        if at >= 0:
            return [(passage, Span(at, at + len(quote)))]
    found = []
    for passage in own:
        for size in range(len(quote) - 1, LEAST_SHARED - 1, -1):
            if passage.text.endswith(quote[:size]):
                end = len(passage.text)
                found.append((passage, Span(end - size, end)))
                break
            if passage.text.startswith(quote[-size:]):
                found.append((passage, Span(0, size)))
                break
    return found
