"""What runs in the process of `qa/page/images.py`: draws a page and finds the quoted words on it;
pypdfium2's door. They are found in the page's own characters, white space aside, because the
canonical text joins lines and leaves out running headers (`sources/pdf.py`).
"""

import base64
import unicodedata
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2

from sources import apart_process
from sources.apart_process import Reply
from sources.settings import SourcesSettings

_WIDTH = 1100  # pixels of a page's picture: sharp at the viewer's width on a dense screen
_LEAST = 12  # characters of a quotation's beginning or end that count as found
_MOST_CHARACTERS = 200_000  # of a page; where there are more, nothing is marked
Box = tuple[float, float, float, float]  # left, top, width, height in shares of the page


def serve() -> None:
    """Be the process."""
    apart_process.serve(draw)


def draw(asked: dict[str, Any], data: bytes, _: SourcesSettings) -> Reply:
    """Return `{"picture": None}` where the file has no such page, else what `Picture` holds."""
    number, quote = int(asked["page"]), str(asked["quote"])
    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= number <= len(document):
            return {"picture": None}
        page = document[number - 1]
        width, height = page.get_size()
        image = page.render(scale=_WIDTH / max(width, height / 3, 1)).to_pil()
        held = BytesIO()
        image.convert("RGB").save(held, "JPEG", quality=82)
        url = "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode()
        boxes = _boxes(page, quote, (width, height))
        ratio = height / width
        return {"picture": {"pages": len(document), "url": url, "ratio": ratio, "boxes": boxes}}


def _boxes(page: pypdfium2.PdfPage, quote: str, size: tuple[float, float]) -> list[Box]:
    text = page.get_textpage()
    if text.count_chars() > _MOST_CHARACTERS:
        return []
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
        (left / width, 1 - top / height, (right - left) / width, (top - bottom) / height)
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
