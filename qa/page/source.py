"""What the source viewer shows: a document cut into segments, the quoted span one of them, so the
marked text is `document.text[start:end]` by construction, in code points. Knows no HTML; the
page's script puts each segment into the page as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from llama_index.core.schema import Document

from sources import Heading, Span, headings, not_content

WHOLE = 500_000
"""Up to this many characters a document is shown whole. From click to mark, on two busy cores,
Chromium took 0.06 s for a window of 80,000 characters and 0.5 s for two million."""
MARGIN = 40_000
"""Of a longer document, this many characters before and after the quotation are shown first."""

Kind = Literal[
    "text",
    "heading",  # a heading line
    "dim",  # boilerplate: shown, never quoted
    "mark",  # the quotation
    "also",  # another quotation of the same answer
    "page",  # no text: a page starts here
]


@dataclass(frozen=True)
class Segment:
    """A run of text shown in one way; `number` is a heading's level or a page's number."""

    kind: Kind
    text: str
    number: int = 0


@dataclass(frozen=True)
class View:
    """A stretch `[start, end)` of a document of `length` characters, cut into segments."""

    start: int
    end: int
    length: int
    segments: tuple[Segment, ...]


def view(
    document: Document,
    mark: Span | None,
    stretch: Span | None = None,
    also: Sequence[Span] = (),
) -> View:
    """Cut a document for showing.

    Args:
        document: canonical text with its metadata.
        mark: the quotation; it must lie in the text.
        stretch: what to show; by default all, or a window around the mark in a long document.
        also: other quotations of the same answer; what lies in the mark belongs to the mark.

    Raises:
        ValueError: if the mark or the stretch does not lie in the text.
    """
    text = document.text
    shown = stretch or window(text, mark)
    for span in filter(None, (mark, shown, *also)):
        if not 0 <= span.start <= span.end <= len(text):
            raise ValueError(f"{span!r} does not lie in {document.id_!r}")
    if mark and not (shown.start <= mark.start and mark.end <= shown.end):
        mark = None
    cut = _Cut(mark, tuple(also), _styles(document), document.metadata["pages"])
    segments = tuple(_segments(text, shown, cut))
    return View(shown.start, shown.end, len(text), segments)


def window(text: str, mark: Span | None) -> Span:
    """Return the stretch to show first: everything, or the mark with a margin, whole lines."""
    if len(text) <= WHOLE:
        return Span(0, len(text))
    start, end = (mark.start, mark.end) if mark else (0, 0)
    first = max(0, start - MARGIN)
    last = min(len(text), end + MARGIN)
    line_start = text.find("\n", first, start) + 1 if first else 0
    line_end = text.rfind("\n", end, last) if last < len(text) else last
    return Span(line_start or first, line_end if line_end >= end else last)


def _styles(document: Document) -> list[tuple[Span, Heading | None]]:
    """Return boilerplate (without a heading) and headings, in text order."""
    dim: list[tuple[Span, Heading | None]] = [(s, None) for s in not_content(document)]
    heads: list[tuple[Span, Heading | None]] = [
        (Span(h.start, h.end), h) for h in headings(document)
    ]
    return sorted(dim + heads, key=lambda pair: pair[0])


@dataclass(frozen=True)
class _Cut:
    """Where a text is cut, and what its pieces are."""

    mark: Span | None
    also: tuple[Span, ...]
    styles: list[tuple[Span, Heading | None]]
    pages: list[int]

    def within(self, shown: Span) -> list[int]:
        """Return the cuts inside a stretch, sorted; none lies inside the mark."""
        cuts = {shown.start, shown.end, *self.pages}
        for span in [*(span for span, _ in self.styles), *self.also]:
            cuts |= {span.start, span.end}
        if self.mark:
            start, end = self.mark.start, self.mark.end
            cuts = {c for c in cuts if not start < c < end} | {start, end}
        return sorted(c for c in cuts if shown.start <= c <= shown.end)


def _segments(text: str, shown: Span, cut: _Cut) -> Iterable[Segment]:
    numbers = {start: number for number, start in enumerate(cut.pages, 1)}
    inside = cut.within(shown)
    position = 0
    for start, end in zip(inside, inside[1:], strict=False):
        if start in numbers:
            yield Segment("page", "", numbers[start])
        while position < len(cut.styles) and cut.styles[position][0].end <= start:
            position += 1
        piece = text[start:end]
        if cut.mark and (start, end) == (cut.mark.start, cut.mark.end):
            yield Segment("mark", piece)
        elif any(span.start <= start and end <= span.end for span in cut.also):
            yield Segment("also", piece)
        elif position < len(cut.styles) and cut.styles[position][0].start <= start:
            heading = cut.styles[position][1]
            yield Segment("heading", piece, heading.level) if heading else Segment("dim", piece)
        else:
            yield Segment("text", piece)
