"""What a document states about itself, where the format did not say it: a title at its top, a
publication date that is called one, a publisher. What is not stated stays `None`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from sources.extract import Extract
from sources.footer import holder_in
from sources.outline import top_line
from sources.spans import content_of, lines
from sources.stated_date import published_in
from sources.structure import Facts, Heading, Span

_EDGE = 20_000  # characters at each end of a text in which a document speaks of itself
_TOP_LINES, _END_LINES = 40, 20
_BEFORE_TITLE = 200  # characters of content before a heading that can still be the title
_TITLE = 200  # characters
_SOURCE = re.compile(
    r"(?:source|publisher|published by|origin|출처|발행처|발행기관|제공)\s*[:：]"
    r"\s*(?P<name>\S.{0,150})",
    re.IGNORECASE,
)


def complete_facts(extract: Extract, headings: Sequence[Heading], marked: Sequence[Span]) -> Facts:
    """Return the facts of the format, completed by what the text states.

    Args:
        extract: what the loader gave.
        headings: the headings that are content.
        marked: sorted, disjoint spans that are not content.
    """
    facts = extract.facts
    top = [line.text for line in islice(lines(extract.text, 0, _EDGE), _TOP_LINES)]
    start = max(0, len(extract.text) - _EDGE)
    end = [line.text for line in lines(extract.text, start)][-_END_LINES:]
    title = facts.title or _title(extract.text, headings, marked)
    if title is None and extract.headings is None:
        title = top_line(extract.text, marked)
    published = facts.published or published_in(top) or published_in(end)
    return replace(
        facts,
        title=" ".join(title.split())[:_TITLE] if title else None,
        published=published,
        origin=facts.origin or _origin([*top, *end]),
    )


def _title(text: str, headings: Sequence[Heading], marked: Sequence[Span]) -> str | None:
    """Return the topmost heading with hardly any text before it."""
    for heading in headings[:3]:
        before = [span for span in marked if span.start < heading.start]
        content = content_of(text[: heading.start], [s for s in before if s.end <= heading.start])
        if len(content.strip("# \n")) <= _BEFORE_TITLE:
            return heading.text
    return None


def _origin(found: Sequence[str]) -> str | None:
    for line in found:
        if len(line) <= _TITLE and (match := _SOURCE.fullmatch(line)):
            return match["name"].strip()
    return next((name for line in reversed(found) if (name := holder_in(line))), None)
