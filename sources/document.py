"""A document: one file as canonical text (Unicode NFC, line feeds as line ends, nothing removed) plus what
the file states about itself. It is a LlamaIndex `Document`, so any LlamaIndex program can take it.
All offsets in this project are Unicode code points into this text. Loaders make documents;
`index/` cuts them into passages.
"""

from collections.abc import Sequence
from typing import Any

from llama_index.core.schema import Document

from sources.structure import Facts, Heading, Span, canonical

__all__ = [
    "Document",
    "Facts",
    "Heading",
    "Span",
    "canonical",
    "headings",
    "make_document",
    "not_content",
    "page_at",
]


def make_document(
    path: str,
    text: str,
    *,
    sha256: str,
    language: str,
    facts: Facts,
    not_content: Sequence[Span] = (),
    headings: Sequence[Heading] = (),
    pages: Sequence[int] = (),
) -> Document:
    """Make a document from canonical text.

    Args:
        path: relative to the folder, POSIX separators; it is also the document's id.
        text: canonical text.
        sha256: hex digest of the file's bytes.
        language: ISO 639-1 code.
        facts: what the file states about itself.
        not_content: sorted, disjoint spans of boilerplate, never indexed or quoted.
        headings: sorted headings.
        pages: the offset at which each page starts (page 1 first); empty without pages.
    """
    metadata: dict[str, Any] = {
        "path": path,
        "sha256": sha256,
        "title": facts.title,
        "language": language,
        "published": facts.published,
        "origin": facts.origin,
        "not_content": [[s.start, s.end] for s in not_content],
        "headings": [[h.start, h.end, h.level, h.text] for h in headings],
        "pages": list(pages),
    }
    keys = list(metadata)
    return Document(
        id_=path,
        text=text,
        metadata=metadata,
        excluded_embed_metadata_keys=keys,
        excluded_llm_metadata_keys=keys,
    )


def not_content(document: Document) -> list[Span]:
    """Return the spans that are boilerplate, sorted and disjoint."""
    return [Span(*pair) for pair in document.metadata["not_content"]]


def headings(document: Document) -> list[Heading]:
    """Return the headings in text order."""
    return [Heading(*row) for row in document.metadata["headings"]]


def page_at(document: Document, offset: int) -> int | None:
    """Return the 1-based page that holds `offset`, or `None` where the format has no pages."""
    starts: list[int] = document.metadata["pages"]
    return sum(start <= offset for start in starts) or None
