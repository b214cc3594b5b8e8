"""What a text is made of: canonical form, spans, headings, facts. Values only, and no LlamaIndex:
the process that reads files apart (`sources/worker_process.py`) loads nothing but what it needs.
"""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """A half-open range of code points, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Heading:
    """A heading line: where its text stands, its text, and its level (1 is the topmost)."""

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True)
class Facts:
    """What a file states about itself; a field is `None` where the file does not state it."""

    title: str | None = None
    published: str | None = None
    origin: str | None = None


def canonical(text: str) -> str:
    """Return `text` in NFC with line feeds as line ends; nothing else is changed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
