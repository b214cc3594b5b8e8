"""Formats whose parsers hostile bytes can stop, blow up or crash are read in a process apart, with
limits on time and memory. It starts with the first such file, reads one after the other, is ended
where a file goes too far, and ends by itself when it has rested.
"""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sources.errors import SourcesError, UnreadableFile
from sources.extract import Extract
from sources.settings import MEBIBYTE, SourcesSettings
from sources.worker_process import extract_of

APART = frozenset({".pdf", ".docx", ".pptx", ".xlsx", ".html", ".htm"})
"""Suffixes that are read apart; the others have no parser but ours."""

PULSE = 0.25  # seconds between two signs of life to whoever waits for a file
RESTS = 30.0  # seconds without a file after which the process ends
Waiting = Callable[[], object]

# The package without its `__init__`, which would load LlamaIndex.
_START = """
import sys, types
package = types.ModuleType("sources")
package.__path__ = [sys.argv[1]]
sys.modules["sources"] = package
from sources.worker_process import serve
serve()
"""
_TOO_LONG = "it took longer than {seconds:g} seconds to read; split it or save it as plain text"
_TOO_MUCH = (
    "reading it takes more than {amount:,.0f} MiB of memory; split it or save it as plain text"
)
REFUSED = "the file is broken or not what its name says ({what}); open it and save it again"


class Worker:
    """A process that reads files, one at a time. Threads may share it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        self._rest: threading.Timer | None = None

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
        with self._lock:
            self._stir()
            try:
                reply = self._asked(suffix, data, settings, waiting)
                if self._read > 1 and ("memory" in reply or "crashed" in reply):
                    self._end()  # earlier files may have left it little room
                    reply = self._asked(suffix, data, settings, waiting)
            finally:
                self._settle()
        if "extract" in reply:
            return extract_of(reply)
        raise UnreadableFile(_reason(reply, settings))

    def close(self) -> None:
        """End the process; the next file starts another."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process that reads, where there is one."""
        return self._process.pid if self._process else None

    def _asked(
        self, suffix: str, data: bytes, settings: SourcesSettings, waiting: Waiting
    ) -> dict[str, Any]:
        """Send a request and wait for its reply, for as long as a file may take."""
        process = self._running()
        self._read += 1
        asked = {"suffix": suffix, "bytes": len(data), "settings": asdict(settings)}
        replies: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(
            target=lambda: replies.put(_exchange(process, json.dumps(asked).encode(), data)),
            name="footnote-read",
            daemon=True,
        ).start()
        until = time.monotonic() + settings.max_seconds + 1.0  # its own watch has a better word
        try:
            while True:
                try:
                    reply = replies.get(timeout=PULSE)
                    break
                except queue.Empty:
                    waiting()
                if time.monotonic() > until:
                    reply = {"slow": True}
                    break
        except BaseException:
            self._end()
            raise
        if "slow" in reply or "crashed" in reply:
            self._end()
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-B", "-c", _START, str(Path(__file__).parent)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise SourcesError(
                    f"No process can be started to read files in ({error.strerror or error});"
                    " end other programs, then try again."
                ) from error
            self._read = 0
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()

    def _stir(self) -> None:
        if self._rest:
            self._rest.cancel()
            self._rest = None

    def _settle(self) -> None:
        if self._process is not None:
            self._rest = threading.Timer(RESTS, self.close)
            self._rest.daemon = True
            self._rest.start()


def _exchange(process: "subprocess.Popen[bytes]", asked: bytes, data: bytes) -> dict[str, Any]:
    """Write a request and read its reply; `{"crashed": True}` where the process has ended."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(asked + b"\n")
        process.stdin.write(data)
        process.stdin.flush()
        length = int(process.stdout.readline())
        written = process.stdout.read(length)
        reply: dict[str, Any] = json.loads(written.decode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return {"crashed": True}
    return reply


def _reason(reply: dict[str, Any], settings: SourcesSettings) -> str:
    if "unreadable" in reply:
        return str(reply["unreadable"])
    if "slow" in reply:
        return _TOO_LONG.format(seconds=settings.max_seconds)
    if "memory" in reply:
        return _TOO_MUCH.format(amount=settings.max_memory_bytes / MEBIBYTE)
    return REFUSED.format(what=reply.get("failed", "its parser crashed"))


WORKER = Worker()
"""The one of this program: one process reads, however many threads ask."""
