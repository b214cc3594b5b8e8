"""Formats whose parsers hostile bytes can stop, blow up or crash are read in a process apart
(`sources/apart.py`); `sources/worker_process.py` is what runs there.
"""

from sources.apart import Apart, Waiting, reason
from sources.errors import UnreadableFile
from sources.extract import Extract
from sources.settings import SourcesSettings
from sources.worker_process import extract_of

APART = frozenset({".pdf", ".docx", ".pptx", ".xlsx", ".html", ".htm"})
"""Suffixes that are read apart; the others have no parser but ours."""


class Worker(Apart):
    """A process that reads files, one at a time. Threads may share it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        super().__init__("sources.worker_process")

    def extract(
        self, suffix: str, data: bytes, settings: SourcesSettings, waiting: Waiting = lambda: None
    ) -> Extract:
        """Return what the loader of `suffix` makes of `data`.

        Args:
            suffix: one of `APART`.
            data: the bytes of the file.
            settings: the limits.
            waiting: called several times a second; what it raises ends the reading.

        Raises:
            UnreadableFile: the loader refuses, fails, crashes, or goes past a limit.
            SourcesError: no process can be started.
        """
        reply = self.ask({"suffix": suffix}, data, settings, waiting)
        if "extract" in reply:
            return extract_of(reply)
        raise UnreadableFile(reason(reply, settings))


WORKER = Worker()
"""The one of this program: one process reads, however many threads ask."""
