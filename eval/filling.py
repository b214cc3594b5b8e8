"""Fills an index with passages whose vectors and words are known, some thousand at a time: what a
sync of their files would store, without reading, splitting and analysing them. Libraries of a
million passages are measured so; `eval/scale.py` measures.
"""

import hashlib
from collections.abc import Callable
from functools import cache

import numpy as np
from llama_index.core.schema import Document, TextNode

from eval.pairs import SECTIONS, Stock, heading_of, path_of, text_of
from index import Index
from index.fingerprint import reading
from index.manifest import FileRow
from index.passages import passage_node
from index.tokenizer import Words, words
from sources import Facts, Heading, Span, make_document

TITLE = "Pairs"
DOCUMENTS = 40  # written at once


def fill(
    index: Index,
    held: Stock,
    pairs: np.ndarray,
    tell: Callable[[int], object] = lambda done: None,
) -> None:
    """Store pairs (n, 3) in an empty index, fifty a document.

    Args:
        index: whose embedding knows the pairs.
        held: their sentences and vectors.
        pairs: two sentences each, and the first's share in percent.
        tell: called with how many are stored.

    Raises:
        StoreError: they cannot be written.
    """
    target = index.target()
    known = cache(words)
    for at in range(0, len(pairs), DOCUMENTS * SECTIONS):
        part = pairs[at : at + DOCUMENTS * SECTIONS]
        made = [
            _document(held, part[begin : begin + SECTIONS], at + begin)
            for begin in range(0, len(part), SECTIONS)
        ]
        nodes = [node for _, found in made for node in found]
        vectors = held.mixed(part)[:, : index.settings.dimension]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        inputs = [hashlib.sha256(node.node_id.encode()).hexdigest()[:32] for node in nodes]
        target.store.upsert(target.collection, nodes, vectors, inputs)
        for document, found in made:
            row = FileRow(document.id_, 1, 1, document.metadata["sha256"], document.id_, None)
            entries = [_entry(node, known) for node in found]
            target.manifest.commit(target.generation, document, found, row, entries)
        tell(at + len(part))
    target.manifest.activate(target.generation)
    target.manifest.remember("reading", reading())
    target.manifest.remember("embedding", index.embedding.model_name)


def _document(held: Stock, pairs: np.ndarray, number: int) -> tuple[Document, list[TextNode]]:
    """Return a document of a title and a section for each pair, and its passages."""
    path, text = path_of(number), f"# {TITLE}\n"
    headings = [Heading(2, 7, 1, TITLE)]
    nodes = []
    for pair in pairs:
        start = len(text) + 4
        text += f"\n## {heading_of(pair)}\n\n"
        headings.append(Heading(start, len(text) - 2, 2, heading_of(pair)))
        said, first = text_of(held, pair), held.sentences[pair[0]]
        middle = len(text) + len(first)
        spans = [Span(len(text), middle), Span(middle + 1, len(text) + len(said))]
        language = "ko" if any("가" <= letter <= "힣" for letter in said) else "en"
        nodes.append(
            passage_node(
                path=path, start=len(text), text=said, spans=spans, heading=heading_of(pair),
                title=TITLE, language=language, published=None,
            )
        )  # fmt: skip
        text += said + "\n"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = make_document(
        path, text, sha256=sha256, language="en", facts=Facts(title=TITLE), headings=headings
    )
    return document, nodes


def _entry(node: TextNode, known: Callable[[str], Words]) -> Words:
    """Return the words of a passage, those of its sentences from memory."""
    start = node.start_char_idx or 0
    texts = [node.text[a - start : b - start] for a, b in node.metadata["sentences"]]
    parts = [words(node.metadata["context"]), *map(known, texts)]
    return Words(
        tuple(word for part in parts for word in part.words),
        tuple(pair for part in parts for pair in part.pairs),
    )
