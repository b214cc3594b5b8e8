"""Cut a document's text into blocks: paragraphs, lists with their lead-in line, and tables.

Each block knows its heading path. Boilerplate and headings are left out; offsets stay the
document's. Nothing here knows sentences or tokens; `index/sentences.py` comes next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from llama_index.core.schema import Document

from sources.document import Heading, Span, headings, not_content

Kind = Literal[
    "text",  # a paragraph
    "list",  # bullets or numbered items, with the line that leads in
    "table",  # rows of cells between tabs or bars
]

WRAPPED_LINE = range(40, 121)  # line lengths at which editors and PDF pages wrap a paragraph
_ITEM = re.compile(r"\s*(?:[-*+•·▪◦‣○●□■–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z가-힣][.)]|[①-⑳])\s+\S")
_ENDS = re.compile(r"[.!?。！？…:：;][\"'”’」』)\]]*$")
_WORD = re.compile(r"[^\W_]")
_ROW = re.compile(r"^\s*\|.*\||\S\t+\S|\S\s\|\s\S")


@dataclass(frozen=True)
class Line:
    """A line, or what boilerplate leaves of it, without the blanks around it."""

    start: int
    end: int
    text: str
    after_blank: bool
    after_cut: bool


@dataclass(frozen=True)
class Block:
    """Text that belongs together: `text[start:end]`, made of `lines`, under a heading path."""

    kind: Kind
    lines: tuple[Line, ...]
    heading: tuple[str, ...]
    is_title: bool

    @property
    def start(self) -> int:
        """Offset of the first character."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.lines[-1].end


def content_lines(text: str, cuts: list[Span]) -> Iterator[Line]:
    """Yield the lines with words in `text` outside `cuts` (sorted, disjoint)."""
    keep: list[Span] = []
    at = 0
    for cut in cuts:
        keep.append(Span(at, cut.start))
        at = cut.end
    keep.append(Span(at, len(text)))
    for number, span in enumerate(keep):
        cut_before, blank = number > 0, False
        for match in re.finditer(r"[^\n]+|\n(?=\s*\n)", text[span.start : span.end]):
            line = match.group()
            if not _WORD.search(line):  # blank, or only a rule such as "---"
                blank = True
                continue
            start = span.start + match.start() + len(line) - len(line.lstrip())
            stripped = line.strip()
            yield Line(start, start + len(stripped), stripped, blank, cut_before)
            cut_before = blank = False


def blocks(document: Document) -> list[Block]:
    """Return the blocks of a document in text order.

    A heading that has nothing below it becomes a block of its own, and so does the line that
    repeats the document's title: what they say must be findable too.
    """
    found: list[Block] = []
    for section in _sections(document):
        found.extend(_section_blocks(section))
    return found


@dataclass
class _Section:
    heading: tuple[str, ...]
    lines: list[Line]
    is_title: bool = False


def _sections(document: Document) -> Iterator[_Section]:
    title = _plain(document.metadata["title"] or "")
    stack: list[Heading] = []
    own: Line | None = None  # the line of the last heading, shown if nothing stands below it
    section = _Section((), [])
    for line, head in _with_headings(document):
        if head is None:
            section.lines.append(line)
            continue
        if not section.lines and own and not (stack and head.level > stack[-1].level):
            section.lines.append(own)
        yield section
        is_title = bool(title) and _plain(head.text) == title
        if is_title:
            yield _Section((), [line], is_title=True)
            title = ""
        stack = [h for h in stack if h.level < head.level] + ([] if is_title else [head])
        own = None if is_title else line
        section = _Section(tuple(h.text for h in stack), [])
    if not section.lines and own:
        section.lines.append(own)
    yield section


def _with_headings(document: Document) -> Iterator[tuple[Line, Heading | None]]:
    """Yield the content lines, cut at headings, each with the heading it is."""
    pending = headings(document)[::-1]
    text = document.text
    for line in content_lines(text, not_content(document)):
        at = line.start
        while pending and pending[-1].start < line.end:
            head = pending.pop()
            if head.end <= at:
                continue
            yield from ((piece, None) for piece in _piece(text, at, head.start, line))
            yield from ((piece, head) for piece in _piece(text, head.start, head.end, line))
            at = head.end
        yield from ((piece, None) for piece in _piece(text, at, line.end, line))


def _piece(text: str, start: int, end: int, line: Line) -> Iterator[Line]:
    start, end = max(start, line.start), min(end, line.end)
    part = text[start:end]
    if _WORD.search(part):
        start += len(part) - len(part.lstrip())
        first = start == line.start
        part = part.strip()
        blank, cut = first and line.after_blank, first and line.after_cut
        yield Line(start, start + len(part), part, blank, cut)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _section_blocks(section: _Section) -> Iterator[Block]:
    group: list[Line] = []
    kind: Kind = "text"
    for line in section.lines:
        new = _kind(line)
        if group and not _continues(kind, group, new, line):
            yield Block(kind, tuple(group), section.heading, section.is_title)
            group, kind = [], "text"
        if group and kind == "text" and new == "list":
            kind = "list"
        elif not group:
            kind = new
        group.append(line)
    if group:
        yield Block(kind, tuple(group), section.heading, section.is_title)


def is_item(line: Line) -> bool:
    """Say whether a line is a bullet or a numbered item."""
    return bool(_ITEM.match(line.text))


def _kind(line: Line) -> Kind:
    if _ROW.search(line.text):
        return "table"
    return "list" if is_item(line) else "text"


def _continues(kind: Kind, group: list[Line], new: Kind, line: Line) -> bool:
    last = group[-1]
    if line.after_cut or (kind == "table") != (new == "table"):
        return False
    if kind == "table":
        return not line.after_blank
    if kind == "list":
        return new == "list" or (not line.after_blank and not _ENDS.search(last.text))
    if new == "list":
        return last.text[-1] in ":：" or (not line.after_blank and len(group) == 1)
    wrapped = len(last.text) in WRAPPED_LINE and not _ENDS.search(last.text)
    return wrapped and not line.after_blank
