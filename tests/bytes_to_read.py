"""Bytes in memory read as a file, and what must hold for every document made of them."""

import io

from sources import Document, File, SourcesSettings, canonical, headings, not_content, read


class _Bytes:
    """A path that holds bytes in memory, so that properties need no disk."""

    def __init__(self, data: bytes, suffix: str) -> None:
        self.data, self.suffix = data, suffix

    def open(self, mode: str) -> io.BytesIO:
        assert mode == "rb"
        return io.BytesIO(self.data)


def read_bytes(data: bytes, suffix: str, limits: SourcesSettings | None = None) -> Document:
    """Read bytes as a file of this suffix would be read."""
    return read(File("a" + suffix, _Bytes(data, suffix), len(data), 0), limits)  # type: ignore[arg-type]


def hold_invariants(document: Document) -> None:
    """Assert what holds for every document: canonical text, exact, sorted and disjoint spans."""
    text = document.text
    assert text == canonical(text)
    text.encode("utf-8")
    for heading in headings(document):
        assert text[heading.start : heading.end] == heading.text
    for spans in (headings(document), not_content(document)):
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
    pages = document.metadata["pages"]
    assert pages == sorted(pages)
    assert all(0 <= start <= len(text) for start in pages)
