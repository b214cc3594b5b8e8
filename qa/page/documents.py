"""The documents as the page handles them: listed, taken in, removed, put back, and brought up to
date with progress, until it is cancelled.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from index import Progress, SyncReport
from qa.errors import RequestError
from qa.page import html, shelf
from qa.page.desk import Desk
from qa.page.files import READ_ONLY, REMOVED, put_back, remove_listed, save_as
from qa.page.run import following
from qa.page.text import Words, words
from sources import FootnoteError

_log = logging.getLogger(__name__)


class Documents:
    """The left column's work, for all visitors."""

    def __init__(self, desk: Desk) -> None:
        """Work with the desk's index and folder."""
        self._desk = desk
        self._cancelled = threading.Event()

    def listing(self, text: Words) -> str:
        """Return the document list as HTML, or what stands in its way."""
        desk = self._desk
        error = desk.ready.exception() if desk.settled else None
        if error:
            known = isinstance(error, FootnoteError)
            return html.notice([str(error) if known else text.failed])
        if not desk.at_hand:
            return html.notice([text.documents_loading])
        records = list(desk.records().values())
        if not desk.settled and not records:  # nobody knows yet whether there is none
            return html.notice([text.documents_loading])
        loading = "" if desk.settled else html.notice([text.loading + "…"])
        return loading + shelf.documents(
            records,
            text,
            status=desk.library().status(),
            removable=desk.writable,
        )

    def take(self, upload: str, name: str, known: Collection[str]) -> dict[str, str]:
        """Put one uploaded file into the folder; return its name, and why it is not there if so.

        Args:
            upload: where the server put it.
            name: under which it is kept; it may hold folders.
            known: what was uploaded; nothing else is taken.
        """
        folder = self._desk.folder
        self._require_writable()
        if folder is None or upload not in known or not _arrived(Path(upload)):
            return {"name": html.plain_name(name), "problem": "?"}
        try:
            saved = save_as(Path(upload), name, folder, self._desk.suffixes)
        finally:
            Path(upload).unlink(missing_ok=True)  # no second copy of what may be confidential
        return {"name": html.plain_name(saved.name), "problem": saved.problem or ""}

    def remove(self, path: str, language: str, *, back: bool = False) -> dict[str, Any]:
        """Take a document out of the folder, or put it back; return what to say of it."""
        self._require_writable()
        folder, text = self._desk.folder, words(language)
        name = html.plain_name(path)
        if folder is None:
            return {"done": False, "said": text.not_removed.format(name=name, reason="?")}
        library = self._desk.library()
        moved = put_back(path, folder) if back else remove_listed(path, folder, library)
        if moved.problem:
            said = text.not_removed.format(name=name, reason=moved.problem)
            return {"done": False, "said": said}
        return {"done": True, "said": text.removed.format(name=name, folder=REMOVED)}

    def _require_writable(self) -> None:
        if self._desk.read_only:
            raise RequestError(READ_ONLY, status=403)

    def cancel(self) -> None:
        """End the sync that is running, after the passages it is at."""
        self._cancelled.set()

    def sync(self, text: Words) -> Iterator[tuple[str, str]]:
        """Bring the index up to date, yielding what to say of it and the document list."""
        shown = self.listing(text)
        self._cancelled.clear()
        yield html.progress(text, 0, 0, ""), shown
        try:
            self._require_writable()
            for said in self._steps(text):
                yield said, shown
        except CancelledError:
            said = html.notice([text.cancelled])
        except FootnoteError as error:
            said = html.notice([str(error)])
        except Exception:
            _log.exception("The documents could not be synced.")
            said = html.notice([text.failed])
        yield said, self.listing(text)

    def _steps(self, text: Words) -> Iterator[str]:
        began = time.monotonic()

        def work(tell: Any) -> SyncReport:
            def told(step: Progress) -> None:
                if self._cancelled.is_set():
                    raise CancelledError
                tell(step)

            return self._desk.library().sync(told)

        for step in following(work):
            if isinstance(step, SyncReport):
                yield _reported(step, text)
                continue
            spent = time.monotonic() - began
            left = spent / step.done * (step.total - step.done) if step.done else 0.0
            yield html.progress(text, step.done, step.total, step.path, left=left)


def _arrived(upload: Path) -> bool:
    """Wait until the server has put an upload in its place, two seconds at most."""
    for _ in range(40):
        if upload.is_file():
            return True
        time.sleep(0.05)
    return False


def _reported(report: SyncReport, text: Words) -> str:
    """Return a sync's report as HTML: counts, and the skipped files with their reasons."""
    told = text.synced.format(
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        unchanged=report.unchanged,
        seconds=report.seconds,
    )
    skipped = {skip.path: skip.reason for skip in report.skipped}
    title = text.skipped.format(count=len(skipped))
    return html.notice([*report.mended, told], skipped=skipped, title=title)
