"""Arithmetic on spans, and a text as its lines. Everything here is linear in the text."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sources.structure import Span

_LINE = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without the white space around it; `text` is text[start:end]."""

    start: int
    end: int
    text: str
    after_blank: bool


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """Yield the lines of `text[start:end]` that are not blank."""
    stop = len(text) if end is None else end
    previous = -1
    for match in _LINE.finditer(text, start, stop):
        raw = match.group()
        stripped = raw.strip()
        at = match.start() + raw.index(stripped)
        yield Line(at, at + len(stripped), stripped, match.start() != previous + 1)
        previous = match.end()


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the same characters as sorted, disjoint, non-empty spans."""
    merged: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def outside(span: Span, marked: Sequence[Span]) -> bool:
    """Tell whether `span` touches none of the sorted, disjoint `marked`."""
    at = bisect_right(marked, span.start, key=lambda s: s.end)
    return at == len(marked) or marked[at].start >= span.end


def content_of(text: str, marked: Sequence[Span]) -> str:
    """Return what is left of `text` without the sorted, disjoint `marked`."""
    kept: list[str] = []
    at = 0
    for span in marked:
        kept.append(text[at : span.start])
        at = span.end
    return "".join([*kept, text[at:]])
