"""Headings in lines of text: marked with "#", or plain, a short line without a sentence end that
stands alone or over longer text. A sub-heading run into the middle of a long line cannot be told
from the sentence around it, so it is left as text.
"""

import re
from collections.abc import Iterator, Sequence

from sources.document import Heading, Span
from sources.sentence_end import ends_sentence
from sources.spans import Line, lines

_HASHES = re.compile(r"(#{1,6})([ \t]*)(\S.*?)(?:\s+#+)?$")
_NO_HEADING = re.compile(r"[-*+•·▪◦○●□■※▶>\d(\[\"'“‘]?[-*+•·▪◦○●□■※▶>|]\s|[-*•·▪◦○●□■※▶>|]|.*[|\t]")
_ADDRESS = re.compile(r"\w+://|www\.|\S+@\S+\.\w+")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 100  # characters; above that a line without a full stop is a clause, not a heading
_PARAGRAPH = 100  # characters; hard-wrapped lines are shorter
_RUN = 2  # title and sub-title; more short lines in a row are a list or a poem


def hash_heading(line: Line) -> Heading | None:
    """Read a "#" heading; "##Heading" without a space counts, "#tag" does not."""
    match = _HASHES.fullmatch(line.text)
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
    if after is None or len(line.text) > _LONGEST or ends_sentence(line.text):
        return False
    if _NO_HEADING.match(line.text) or _ADDRESS.match(line.text):
        return False
    if not _LETTER.search(line.text):
        return False
    starts = before is None or line.after_blank or after_heading
    if after.after_blank:
        return starts
    over_longer_text = len(after.text) >= max(_PARAGRAPH, 2 * len(line.text))
    return over_longer_text and (starts or (before is not None and ends_sentence(before.text)))


def _unmarked(text: str, marked: Sequence[Span]) -> Iterator[Line]:
    at = 0
    for line in lines(text):
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
