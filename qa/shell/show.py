"""Answers as text for a terminal: numbered quotations, colours where they are wanted, and nothing
from a document or a model that the terminal would take for a command.
"""

import os
import textwrap
import unicodedata
from typing import Literal, TextIO

from index import Hit
from qa.answer import Answer, Citation, Sentence

Style = Literal["number", "title", "quote", "reason", "conflict", "question"]
_CODES: dict[Style, str] = {
    "number": "36",  # cyan
    "title": "1",  # bold
    "quote": "2",  # dim
    "reason": "33",  # yellow
    "conflict": "35",  # magenta
    "question": "1;4",  # bold, underlined
}
_NEAREST = 3  # passages shown under an abstention
_EXCERPT = 300  # characters of such a passage
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # part of the spelling in some scripts


def wants_color(chosen: str, stream: TextIO) -> bool:
    """Tell whether to colour what goes to `stream` (see no-color.org for NO_COLOR)."""
    if chosen != "auto":
        return chosen == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def safe(text: str) -> str:
    """Return `text` without what moves the cursor, sets colours or turns the reading direction."""
    return "".join("\ufffd" if _is_unsafe(char) else char for char in text)


def _is_unsafe(char: str) -> bool:
    return char not in "\n\t" and char not in _JOINERS and unicodedata.category(char) in _INVISIBLE


class Teller:
    """Writes one answer as it grows; its citations are numbered in order of appearance."""

    def __init__(self, *, color: bool) -> None:
        """Begin an answer."""
        self._color = color
        self._numbers: dict[Citation, int] = {}

    def question(self, text: str) -> str:
        """Return a question as a heading, for answers to several."""
        return self._painted("question", safe(text))

    def sentence(self, sentence: Sentence) -> str:
        """Return a sentence with the numbers of its citations."""
        for citation in sentence.citations:
            self._numbers.setdefault(citation, len(self._numbers) + 1)
        numbers = "".join(f"[{self._numbers[c]}]" for c in sentence.citations)
        text = safe(sentence.text)
        if sentence.verdict == "conflicting":
            text = self._painted("conflict", text)
        return f"{text} {self._painted('number', numbers)}"

    def ending(self, answer: Answer) -> str:
        """Return what comes after the sentences: what they leave open and their quotations, or why
        there is no answer.
        """
        if answer.abstained:
            near = [self._near(hit) for hit in answer.passages[:_NEAREST]]
            return "\n".join([self._painted("reason", safe(answer.reason or "")), *near])
        left = [self._painted("reason", safe(answer.reason))] if answer.reason else []
        return "\n".join([*left, *(self._quoted(c, n) for c, n in self._numbers.items())])

    def _near(self, hit: Hit) -> str:
        excerpt = textwrap.shorten(hit.text, _EXCERPT, placeholder=" ...")
        return f"\n  {self._source(hit.title, hit.path, hit.start, hit.end)}\n{self._body(excerpt)}"

    def _quoted(self, c: Citation, number: int) -> str:
        mark = self._painted("number", f"[{number}]")
        return f"\n{mark} {self._source(c.title, c.file, c.start, c.end)}\n{self._body(c.quote)}"

    def _source(self, title: str | None, path: str, start: int, end: int) -> str:
        name = " ".join(safe(title or path).split())
        return f"{self._painted('title', name)} ({safe(path)}, {start}-{end})"

    def _body(self, text: str) -> str:
        lines = textwrap.indent(" ".join(safe(text).split()), "    ")
        return self._painted("quote", lines)

    def _painted(self, style: Style, text: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._color and text else text
