"""What a loader gives: canonical text with what the format itself says about its structure, and
the builder that extracted formats write it with. It does not know any format.
"""

import re
import time
from dataclasses import dataclass, field

from sources.errors import UnreadableFile
from sources.settings import SourcesSettings
from sources.structure import Facts, Heading, Span, canonical

# A lone surrogate cannot be stored; a control character in extracted text is debris of the format.
_DEBRIS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Extract:
    """Canonical text and its structure.

    `headings` is `None` where the format does not mark them and lines must be looked at.
    `has_boilerplate` says whether the format can carry what a web page leaves around its text; a
    lone number is a counter there, but data in a table or on a slide.
    """

    text: str
    facts: Facts = Facts()
    language: str | None = None
    headings: tuple[Heading, ...] | None = None
    pages: tuple[int, ...] = ()
    not_content: tuple[Span, ...] = ()
    has_boilerplate: bool = True


def clean(text: str) -> str:
    """Return extracted text in canonical form, without what cannot be stored or shown."""
    return canonical(_DEBRIS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))


@dataclass
class Watch:
    """Counts what one file gives and how long it takes."""

    settings: SourcesSettings
    characters: int = 0
    started: float = field(default_factory=time.monotonic)

    def check(self, more: int = 0) -> None:
        """Count `more` characters and refuse to go on past a limit.

        Raises:
            UnreadableFile: the text is too long or took too long.
        """
        self.characters += more
        if self.characters > self.settings.max_text_characters:
            raise UnreadableFile(
                f"it holds more than {self.settings.max_text_characters:,} characters; split it"
            )
        if time.monotonic() - self.started > self.settings.max_seconds:
            raise UnreadableFile(
                f"it took longer than {self.settings.max_seconds:g} seconds to read; "
                "split it or save it as plain text"
            )


class Builder:
    """Writes blocks one after the other and remembers where headings and pages begin."""

    def __init__(self, settings: SourcesSettings) -> None:
        """Start with nothing written and the limits of `settings`."""
        self._watch = Watch(settings)
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._pages: list[int] = []

    def __bool__(self) -> bool:
        """Tell whether anything was written."""
        return bool(self._parts)

    def page(self) -> None:
        """Start a page at the next block."""
        self._pages.append(self._length + (2 if self._parts else 0))
        self._watch.check()

    def block(self, text: str, *, level: int | None = None, gap: str = "\n\n") -> None:
        """Write a block after `gap`; with a level it is a heading. An empty block is left out.

        Raises:
            UnreadableFile: the text is too long or took too long.
        """
        text = clean(text).strip()
        if level is not None:
            text = " ".join(text.split())
        self._watch.check(len(text))
        if not text:
            return
        gap = gap if self._parts else ""
        start = self._length + len(gap)
        self._parts.append(gap + text)
        self._length = start + len(text)
        if level is not None:
            self._headings.append(Heading(start, self._length, level, text))

    def extract(self, facts: Facts | None = None, *, has_boilerplate: bool = True) -> Extract:
        """Return what was written."""
        pages = tuple(min(start, self._length) for start in self._pages)
        return Extract(
            "".join(self._parts),
            facts or Facts(),
            headings=tuple(self._headings),
            pages=pages,
            has_boilerplate=has_boilerplate,
        )
