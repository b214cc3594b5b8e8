"""A document: one file as canonical text (Unicode NFC, line feeds as line ends, nothing removed) plus what
the file states about itself. It is a LlamaIndex `Document`, so any LlamaIndex program can take it.
All offsets in this project are Unicode code points into this text. Loaders make documents;
`index/` cuts them into passages.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llama_index.core.schema import Document


@dataclass(frozen=True, order=True)
class Span:
    """A half-open range of code points, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Heading:
    """A heading line: where its text stands, its text, and its level (1 is the topmost)."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True)
class Facts:
    """What a file states about itself; a field is `None` where the file does not state it."""

    title: str | None = None
    published: str | None = None
    origin: str | None = None


def canonical(text: str) -> str:
    """Return `text` in NFC with line feeds as line ends; nothing else is changed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


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
