"""Markdown: the file itself is the canonical text. Front matter, comments, rules, link definitions
and lines that are only pictures are marked as not content; what stands in a code fence is kept and
is no heading. PyYAML's door.
"""

import datetime
import re
from dataclasses import dataclass

import yaml  # type: ignore[import-untyped]  # it has no types

from sources.decoding import decode
from sources.extract import Extract
from sources.outline import hash_heading
from sources.settings import SourcesSettings
from sources.spans import Line, lines
from sources.stated_date import date_in
from sources.structure import Facts, Heading, Span, canonical

_FRONT = re.compile(r"---[ \t]*\n(.{0,4000}?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"(`{3,}|~{3,})")
_LONGEST = 2000  # characters of a line that is only pictures
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_EMPTY = re.compile(
    r"(?:[-*_]\s*){3,}"  # a rule
    r"|\[[^\]]+\]:\s+\S+.*"  # a link definition
    r"|(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+"  # pictures and badges
)


@dataclass(frozen=True)
class _Front:
    end: int
    facts: Facts = Facts()
    language: str | None = None


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a Markdown file."""
    text = canonical(decode(data))
    front = _front_matter(text)
    headings, empty = _structure(text, front.end)
    marked = [Span(0, front.end), *empty]
    if text.find("-->") >= 0:  # without an end the search would be quadratic
        marked += [
            Span(*m.span()) for m in _COMMENT.finditer(text, front.end, text.rfind("-->") + 3)
        ]
    return Extract(text, front.facts, front.language, tuple(headings), (), tuple(marked))


def _structure(text: str, start: int) -> tuple[list[Heading], list[Span]]:
    headings: list[Heading] = []
    empty: list[Span] = []
    fence = ""
    previous: Line | None = None
    for line in lines(text, start):
        mark = _FENCE.match(line.text)
        if mark and (not fence or line.text.startswith(fence)):
            fence = "" if fence else mark[1]
            previous = None
        elif not fence:
            heading = hash_heading(line)
            if heading is not None:
                headings.append(heading)
            elif previous and not line.after_blank and _UNDERLINE.fullmatch(line.text):
                level = 1 if line.text[0] == "=" else 2
                headings.append(Heading(previous.start, previous.end, level, previous.text))
                empty.append(Span(line.start, line.end))
            elif len(line.text) < _LONGEST and _EMPTY.fullmatch(line.text):
                empty.append(Span(line.start, line.end))
            previous = line if heading is None else None
    return headings, empty


def _front_matter(text: str) -> _Front:
    """Read YAML front matter. What is no YAML mapping is text like any other."""
    match = _FRONT.match(text)
    if match is None:
        return _Front(0)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(match[1])):
            return _Front(0)  # merged aliases can double at every level
        fields = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return _Front(0)
    if not isinstance(fields, dict):
        return _Front(0)
    stated = {str(k).lower(): _scalar(v) for k, v in fields.items() if isinstance(k, str)}
    date = stated.get("published") or stated.get("date") or ""
    origin = stated.get("origin") or stated.get("source") or stated.get("publisher")
    language = (stated.get("language") or stated.get("lang") or "").split("-")[0].lower()
    known = language if re.fullmatch("[a-z]{2}", language) else None
    return _Front(match.end(), Facts(stated.get("title"), date_in(date), origin), known)


def _scalar(value: object) -> str | None:
    """Return a plain value as text; lists and mappings are not what we ask for (or are a bomb)."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, str | int | float | datetime.date):
        return canonical(str(value)).strip() or None
    return None
