"""Pages of a PDF as pictures with the quoted words marked; pypdfium2's door. The words are found
again in the page's own characters, white space aside, because the canonical text joins lines and
leaves out running headers (`sources/pdf.py`).
"""

import base64
import hashlib
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2

_WIDTH = 1100  # pixels of a page's picture: sharp at the viewer's width on a dense screen
_LEAST = 12  # characters of a quotation's beginning or end that count as found
_lock = threading.Lock()  # PDFium is not safe for threads


@dataclass(frozen=True)
class Box:
    """A marked line on a page, in shares of its width and height (0 to 1) from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A page as a `data:` URL, with the boxes of the quoted words; none where they were not found."""

    page: int
    pages: int
    url: str
    ratio: float
    boxes: tuple[Box, ...]


def picture(path: Path, page: int, quote: str, sha256: str) -> Picture | None:
    """Return a page of a PDF file, or `None` if the file is not the one that was quoted.

    Args:
        path: the file.
        page: from 1.
        quote: the words to mark; "" for none.
        sha256: of the file's bytes when it was indexed.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != sha256:
        return None
    with _lock:
        try:
            return _picture(data, page, quote)
        except pypdfium2.PdfiumError:
            return None


def _picture(data: bytes, number: int, quote: str) -> Picture | None:
    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= number <= len(document):
            return None
        page = document[number - 1]
        width, height = page.get_size()
        image = page.render(scale=_WIDTH / max(width, height / 3, 1)).to_pil()
        held = BytesIO()
        image.convert("RGB").save(held, "JPEG", quality=82)
        url = "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode()
        boxes = _boxes(page, quote, (width, height))
        return Picture(number, len(document), url, height / width, tuple(boxes))


def _boxes(page: pypdfium2.PdfPage, quote: str, size: tuple[float, float]) -> list[Box]:
    text = page.get_textpage()
    letters, places = _squeezed([text.get_text_range(i, 1) for i in range(text.count_chars())])
    wanted, _ = _squeezed(list(quote))
    found = _where(letters, wanted)
    lines: list[list[float]] = []
    for i in places[found[0] : found[1]]:
        left, bottom, right, top = text.get_charbox(i, loose=True)
        if lines and abs(lines[-1][3] - top) < 0.6 * max(top - bottom, 1) and left >= lines[-1][0]:
            last = lines[-1]
            lines[-1] = [last[0], min(last[1], bottom), max(last[2], right), max(last[3], top)]
        else:
            lines.append([left, bottom, right, top])
    width, height = size
    return [
        Box(left / width, 1 - top / height, (right - left) / width, (top - bottom) / height)
        for left, bottom, right, top in lines
    ]


def _squeezed(characters: Sequence[str]) -> tuple[str, list[int]]:
    """Return the letters without white space and hyphens, and where each of them was."""
    letters, places = [], []
    for i, character in enumerate(characters):
        for letter in unicodedata.normalize("NFKC", character):
            if not letter.isspace() and letter not in "-\u00ad\u2010\ufffe\x02":
                letters.append(letter)
                places.append(i)
    return "".join(letters), places


def _where(letters: str, wanted: str) -> tuple[int, int]:
    """Return where `wanted` stands, or the end or beginning of it that is on this page."""
    at = letters.find(wanted) if wanted else -1
    if at >= 0:
        return at, at + len(wanted)
    for length in range(len(wanted) - 1, _LEAST - 1, -1):  # a quotation that goes on overleaf
        if letters.endswith(wanted[:length]):
            return len(letters) - length, len(letters)
        if letters.startswith(wanted[-length:]):
            return 0, length
    whole = letters.find(wanted[:_LEAST]) if len(wanted) >= _LEAST else -1
    last = letters.find(wanted[-_LEAST:], whole) if whole >= 0 else -1
    near = 0 <= last - whole <= 2 * len(wanted)
    return (whole, last + _LEAST) if whole >= 0 and near else (0, 0)
