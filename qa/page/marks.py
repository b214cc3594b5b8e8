"""Where a kept quotation stands in its document now, and which others of the answer are marked."""

from dataclasses import dataclass
from typing import Any, Literal

from qa.records.receipt import nearest
from sources import Span


@dataclass(frozen=True)
class Place:
    """What to mark, and whether the quotation stands where it did."""

    span: Span | None
    state: Literal["here", "moved", "lost"]


def place_of(text: str, start: int, end: int, quote: str) -> Place:
    """Return where a quotation stands; with no words to compare, the span itself.

    Raises:
        ValueError: there are no words, and the span does not lie in the text.
    """
    if not quote or text[start:end] == quote:
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"{start}-{end} does not lie in the text")
        return Place(Span(start, end) if start < end else None, "here")
    at = nearest(text, quote, start)
    return Place(None, "lost") if at is None else Place(Span(at, at + len(quote)), "moved")


def marks(text: str, given: Any) -> list[Span]:
    """Return the spans among `given` pairs of offsets that lie in the text, at most 200."""
    pairs = given if isinstance(given, list) else []
    spans = [Span(int(p[0]), int(p[1])) for p in pairs[:200]]
    return [s for s in spans if 0 <= s.start < s.end <= len(text)]
