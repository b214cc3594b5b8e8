"""PDF: the text of each page by pypdf, which this module is the door of. Lines of a paragraph are
joined, so that a sentence reads on over line ends and page ends; running headers and page numbers,
which would stand in its middle, are left out. Page starts are kept.
"""

import logging
import re
from collections import Counter
from io import BytesIO

from pypdf import PasswordType, PdfReader

from sources.errors import UnreadableFile
from sources.extract import Extract, Watch, clean
from sources.settings import SourcesSettings

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns about every oddity of a file

_PAGE_NUMBER = re.compile(
    r"(?:page\s*|p\.\s*|[-–—]\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4}|\s*[-–—])?", re.IGNORECASE
)
_BULLET = re.compile(r"[-*•·▪◦○●□■※▶–]\s?|\(?\d{1,2}[.)]\s|\(?[가-하a-h][.)]\s|제\s?\d+\s?[조장절]")
_HYPHEN = re.compile(r"[^\W\d_]{2,}[-\u00ad\u2010]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WRAPPED = 0.75  # of the longest usual line; a line that long was probably ended by the margin


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a PDF file.

    Raises:
        UnreadableFile: it is encrypted, or its pages hold no text (a scan).
    """
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise UnreadableFile("this PDF needs a password; save a copy without one")
    watch = Watch(settings)
    pages: list[list[str]] = []
    for page in reader.pages:
        text = clean(page.extract_text())
        pages.append([line.strip() for line in text.splitlines() if line.strip()])
        watch.check(len(text))
    if not any(re.search(r"[^\W\d_]", line) for page in pages for line in page):
        raise UnreadableFile(
            "this PDF holds no text, probably it is a scan; run OCR (text recognition) on it first"
        )
    return _write(_without_running_lines(pages))


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Leave out first and last lines that are page numbers or that most pages repeat."""
    shapes: Counter[str] = Counter()
    for page in pages:
        shapes.update({_shape(line) for line in [*page[:2], *page[-2:]]})
    often = {s for s, count in shapes.items() if count >= 3 and count * 2 > len(pages)}
    kept: list[list[str]] = []
    for page in pages:
        start, end = 0, len(page)
        while start < min(2, end) and _is_running(page[start], often):
            start += 1
        while end > max(start, len(page) - 2) and _is_running(page[end - 1], often):
            end -= 1
        kept.append(page[start:end])
    return kept


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _is_running(line: str, often: set[str]) -> bool:
    return _shape(line) in often or bool(_PAGE_NUMBER.fullmatch(line))


def _write(pages: list[list[str]]) -> Extract:
    """Join the lines; `starts` gets the offset of the first line of each page."""
    lengths = sorted(len(line) for page in pages for line in page)
    wrapped = _WRAPPED * lengths[int(len(lengths) * 0.9)]
    words = {word.lower() for page in pages for line in page for word in _WORD.findall(line)}
    text: list[str] = []
    starts: list[int] = []
    at = 0
    previous = ""
    for page in pages:
        starts.append(at)
        for number, line in enumerate(page):
            gap = _gap(previous, line, wrapped)
            if gap == " " and line[0].islower() and _HYPHEN.search(previous[-40:]):
                gap = ""
                if not _keeps_hyphen(previous, line, words):
                    text[-1] = text[-1][:-1]
                    at -= 1
            if number == 0:
                starts[-1] = at + len(gap)
            text += [gap, line]
            at += len(gap) + len(line)
            previous = line
    return Extract("".join(text), pages=tuple(starts))


def _gap(previous: str, line: str, wrapped: float) -> str:
    """Say what stands between two lines: nothing, a space, a line end or a paragraph's end."""
    if not previous:
        return ""
    if _BULLET.match(line):
        return "\n"
    if len(previous) >= wrapped or line[0].islower() or _HYPHEN.search(previous[-40:]):
        return " "
    return "\n\n"


def _keeps_hyphen(previous: str, line: str, words: set[str]) -> bool:
    """Tell a compound ("high-risk") from a divided word, by what the file writes elsewhere."""
    head, tail = _WORD.findall(previous[:-1])[-1].lower(), _WORD.findall(line)[0].lower()
    return head + tail not in words and f"{head}-{tail}" in words and previous[-1] != "\u00ad"
