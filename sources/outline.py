"""Headings in lines of text: marked with "#", or plain, a short line without a sentence end that
stands alone or over longer text. A sub-heading run into the middle of a long line cannot be told
from the sentence around it, so it is left as text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from sources.sentence_end import ends_sentence
from sources.spans import Line, lines
from sources.stated_date import date_in, published_in
from sources.structure import Heading, Span

_HASHES = re.compile(r"(#{1,6})([ \t]*)(\S.*?)(?:\s+#+)?$")
_NO_HEADING = re.compile(r"[-*+•·▪◦○●□■※▶>\d(\[\"'“‘]?[-*+•·▪◦○●□■※▶>|]\s|[-*•·▪◦○●□■※▶>|]|.*[|\t]")
_ADDRESS = re.compile(r"\w+://|www\.|\S+@\S+\.\w+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_MARKED = 500  # characters; a longer line is a paragraph, whatever it begins with
_LONGEST = 100  # characters; above that a line without a full stop is a clause, not a heading
_PARAGRAPH = 100  # characters; hard-wrapped lines are shorter
_SENTENCE = 40  # characters
_RUN = 2  # title and sub-title; more short lines in a row are a list or a poem


def hash_heading(line: Line) -> Heading | None:
    """Read a "#" heading; "##Heading" without a space counts, "#tag" does not."""
    match = _HASHES.fullmatch(line.text) if len(line.text) <= _LONGEST_MARKED else None
    if match is None or (len(match[1]) == 1 and not match[2]) or not _LETTER.search(match[3]):
        return None
    start = line.start + match.start(3)
    return Heading(start, start + len(match[3]), len(match[1]), match[3])


def plain_headings(text: str, marked: Sequence[Span]) -> list[Heading]:
    """Find the headings of a text without markup.

    Args:
        text: canonical text.
        marked: sorted, disjoint spans that are not content; what they touch is no heading.
    """
    found: list[Heading] = []
    run: list[Heading] = []
    previous: Line | None = None
    after_heading = True
    for line, following in _pairs(_unmarked(text, marked)):
        heading = hash_heading(line)
        plain = heading is None and _is_plain(line, previous, following, after_heading)
        if plain:
            level = 1 if previous is None else 2
            run.append(Heading(line.start, line.end, level, line.text))
        else:
            found += run if len(run) <= _RUN else []
            run = []
            found += [heading] if heading else []
        after_heading = plain or heading is not None
        previous = line
    return found + (run if len(run) <= _RUN else [])


def _is_plain(line: Line, before: Line | None, after: Line | None, after_heading: bool) -> bool:
    if after is None or not _is_short_phrase(line.text):
        return False
    starts = before is None or line.after_blank or after_heading
    if after.after_blank:
        return starts
    over_longer_text = len(after.text) >= max(_PARAGRAPH, 2 * len(line.text))
    return over_longer_text and (starts or (before is not None and ends_sentence(before.text)))


def top_line(text: str, marked: Sequence[Span]) -> str | None:
    """Return the first line if it stands as a title does over a much longer sentence near it."""
    first, *following = [line.text for line in islice(_unmarked(text, marked), 4)] or [""]
    if not _is_short_phrase(first):
        return None
    longer = max(_SENTENCE, 2 * len(first))
    over = any(len(line) >= longer and ends_sentence(line) for line in following)
    return first if over else None


def _is_short_phrase(text: str) -> bool:
    if len(text) > _LONGEST or ends_sentence(text) or not _LETTER.search(text):
        return False
    return not (_NO_HEADING.match(text) or _ADDRESS.match(text))


def _is_date(text: str) -> bool:
    """Tell a line that only dates the text; it is no heading and does not part one from its text."""
    if len(text) > _LONGEST or not _YEAR.search(text):
        return False
    return (len(text) <= 30 and date_in(text) is not None) or published_in([text]) is not None


def _unmarked(text: str, marked: Sequence[Span]) -> Iterator[Line]:
    at = 0
    for line in lines(text):
        if _is_date(line.text):
            continue
        while at < len(marked) and marked[at].end <= line.start:
            at += 1
        if at == len(marked) or marked[at].start >= line.end:
            yield line
        elif marked[at].start > line.start:  # a line whose end is a footer is still a line
            end = marked[at].start
            yield Line(line.start, end, text[line.start : end], line.after_blank)


def _pairs(found: Iterator[Line]) -> Iterator[tuple[Line, Line | None]]:
    current = next(found, None)
    while current is not None:
        following = next(found, None)
        yield current, following
        current = following
