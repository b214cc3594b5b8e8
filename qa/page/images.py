"""Pages of a PDF as pictures with the quoted words marked. A hostile page could stop or crash whoever
draws it, so it is drawn in a process apart; `qa/page/images_process.py` is what runs there.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sources import SourcesSettings, UnreadableFile
from sources.apart import Apart, reason
from sources.settings import MEBIBYTE

LIMITS = SourcesSettings(max_seconds=20.0, max_memory_bytes=512 * MEBIBYTE)
"""For one page; whoever looks at it waits."""


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


_HERE = Path(__file__).parent
ARTIST = Apart("qa.page.images_process", {"qa": _HERE.parent, "qa.page": _HERE})
"""The process that draws, apart from the one that reads documents, so that neither waits."""


def picture(
    path: Path, page: int, quote: str, sha256: str, *, limits: SourcesSettings = LIMITS
) -> Picture | None:
    """Return a page of a PDF file, or `None` if the file is not the one that was quoted.

    Args:
        path: the file.
        page: from 1.
        quote: the words to mark; "" for none.
        sha256: of the file's bytes when it was indexed.
        limits: on the time and memory that drawing may take.

    Raises:
        UnreadableFile: the page cannot be drawn, or not within the limits.
        SourcesError: no process can be started to draw it in.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != sha256:
        return None
    reply = ARTIST.ask({"page": page, "quote": quote}, data, limits)
    if "picture" not in reply:
        raise UnreadableFile(reason(reply, limits))
    drawn = reply["picture"]
    if drawn is None:
        return None
    boxes = tuple(Box(*box) for box in drawn["boxes"])
    return Picture(page, drawn["pages"], drawn["url"], drawn["ratio"], boxes)
