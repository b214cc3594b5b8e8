"""What the source viewer is shown: a document with its quotation, or a page of a PDF. Arguments come
from the browser; whatever is wrong with them, the answer is that the source is gone.
"""

from dataclasses import asdict
from typing import Any

from qa.page.desk import Desk
from qa.page.html import plain_name, source_name
from qa.page.images import picture
from qa.page.marks import marks, place_of
from qa.page.source import view
from sources import FootnoteError, Span, page_at

_TITLE = 200  # characters of a title, which has room in the viewer


def source(desk: Desk, file: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    """Return a document for the viewer, or `{"gone": true}` where it cannot be shown.

    Args:
        desk: whose documents are looked at.
        file: path of a document in the index.
        start: where the quotation starts; equal to `end` for none.
        end: where it ends.
        more: `quote`, its words when it was quoted; `also`, pairs of offsets of the answer's
            other quotations; `stretch`, the offsets to show, else chosen by
            `qa/page/source.py`.
    """
    try:
        record = desk.records()[str(file)]
        document = desk.library().document(record.path)
        place = place_of(document.text, int(start), int(end), str(more.get("quote") or ""))
        stretch = more.get("stretch")
        part = Span(int(stretch[0]), int(stretch[1])) if stretch else None
        also = marks(document.text, more.get("also"))
        shown = asdict(view(document, place.span, part, also))
    except (KeyError, TypeError, ValueError, IndexError, FootnoteError):
        return {"gone": True}
    page = page_at(document, place.span.start if place.span else 0)
    return shown | {
        "name": plain_name(record.title or "", longest=_TITLE)
        or source_name(record.path, {record.path: record}),
        "path": plain_name(record.path),
        "language": record.language,
        "published": record.published,
        "state": place.state,
        "page": page or 0,
        "pictured": bool(page) and record.path.lower().endswith(".pdf") and bool(desk.folder),
    }


def page(desk: Desk, file: str, number: int, quote: str) -> dict[str, Any]:
    """Return a PDF's page as a picture.

    `{"gone": true}` where the file is not the one that was quoted, with `"undrawn": true` where it
    is and its page cannot be drawn.
    """
    try:
        record = desk.records()[str(file)]
        assert desk.folder is not None
        shown = picture(desk.folder / record.path, int(number), str(quote), record.sha256)
    except FootnoteError:
        return {"gone": True, "undrawn": True}
    except (KeyError, TypeError, ValueError, AssertionError):
        shown = None
    return asdict(shown) if shown else {"gone": True}
