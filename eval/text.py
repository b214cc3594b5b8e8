"""Text for comparison: NFKC, case folding, runs of white space as one space. `Folded` keeps, for
every folded character, where it came from, so that a quotation found in folded text is given back
as spans of the original. Knows no documents and no metrics.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sources import Span


def fold(text: str) -> str:
    r"""Return `text` as it is compared: NFKC, case folded, white space folded, ends stripped.

    >>> fold("Ａ.I.  서울\nForum ")
    'a.i. 서울 forum'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Folded:
    """Folded text; character `i` came from `original[starts[i]:ends[i]]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> "Folded":
        """Fold `original`; the text equals `fold(original)`."""
        letters: list[str] = []
        spans: list[Span] = []
        for span in _clusters(original):
            for letter in unicodedata.normalize("NFKC", original[span.start : span.end]).casefold():
                if not letter.isspace():
                    letters.append(letter)
                    spans.append(span)
                elif letters and letters[-1] != " ":
                    letters.append(" ")
                    spans.append(span)
        if letters and letters[-1] == " ":
            letters.pop()
            spans.pop()
        starts, ends = tuple(s.start for s in spans), tuple(s.end for s in spans)
        return cls("".join(letters), starts, ends)

    def find(self, quote: str) -> tuple[Span, ...]:
        """Return every place of `quote` after folding, as spans of the original text."""
        wanted = fold(quote)
        return tuple(
            Span(self.starts[place.start], self.ends[place.end - 1])
            for place in occurrences(self.text, wanted)
        )


def occurrences(text: str, wanted: str) -> tuple[Span, ...]:
    """Return every place of `wanted` in `text`, verbatim, overlapping ones too."""
    found: list[Span] = []
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        found.append(Span(start, start + len(wanted)))
        start = text.find(wanted, start + 1)
    return tuple(found)


def _clusters(text: str) -> Iterator[Span]:
    """Cut `text` where NFKC of the whole equals NFKC of the parts, so that offsets survive."""
    start = 0
    for here in range(1, len(text)):
        if _breaks_before(text[start:here], text[here]):
            yield Span(start, here)
            start = here
    if text:
        yield Span(start, len(text))


def _breaks_before(cluster: str, character: str) -> bool:
    # No composition of Unicode has ASCII or a whole Hangul syllable as its second part.
    if character.isascii() or "가" <= character <= "힣":
        return True
    alone = unicodedata.normalize("NFKC", character)
    if unicodedata.combining(alone[0]):
        return False
    joined = unicodedata.normalize("NFKC", cluster + character)
    return joined == unicodedata.normalize("NFKC", cluster) + alone
