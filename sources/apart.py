"""A process apart for what hostile bytes can stop, blow up or crash, with limits on time and memory.
It starts with the first file, takes one after the other, is ended where one goes too far, and ends
by itself when it has rested. `sources/apart_process.py` is its other end.
"""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sources.errors import SourcesError
from sources.settings import MEBIBYTE, SourcesSettings

PULSE = 0.25  # seconds between two signs of life to whoever waits for a file
RESTS = 30.0  # seconds without a file after which the process ends
Waiting = Callable[[], object]
Reply = dict[str, Any]

# Packages without their `__init__`, which would load LlamaIndex.
START = """
import importlib, sys, types
for stub in sys.argv[2:]:
    name, _, folder = stub.partition("=")
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
importlib.import_module(sys.argv[1]).serve()
"""
_TOO_LONG = "it took longer than {seconds:g} seconds to read; split it or save it as plain text"
_TOO_MUCH = (
    "reading it takes more than {amount:,.0f} MiB of memory; split it or save it as plain text"
)
REFUSED = "the file is broken or not what its name says ({what}); open it and save it again"


class Apart:
    """A process that works on files, one at a time. Threads may share it."""

    def __init__(self, module: str, packages: Mapping[str, Path] | None = None) -> None:
        """Start nothing yet.

        Args:
            module: its `serve()` is the process.
            packages: further packages that it imports from, with their folders.
        """
        stubs = {"sources": Path(__file__).parent, **(packages or {})}
        named = [f"{name}={folder}" for name, folder in stubs.items()]
        self._command = [sys.executable, "-I", "-B", "-c", START, module, *named]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._taken = 0
        self._rest: threading.Timer | None = None

    def ask(
        self,
        asked: Mapping[str, Any],
        data: bytes,
        settings: SourcesSettings,
        waiting: Waiting = lambda: None,
    ) -> Reply:
        """Return what the process replies; `reason` says what a reply without a result means.

        Args:
            asked: what to do, as JSON.
            data: the bytes of the file.
            settings: the limits.
            waiting: called several times a second; what it raises ends the work.

        Raises:
            SourcesError: no process can be started.
        """
        with self._lock:
            self._stir()
            try:
                reply = self._asked(asked, data, settings, waiting)
                if self._taken > 1 and ("memory" in reply or "crashed" in reply):
                    self._end()  # earlier files may have left it little room
                    reply = self._asked(asked, data, settings, waiting)
            finally:
                self._settle()
        return reply

    def close(self) -> None:
        """End the process; the next file starts another."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process, where there is one."""
        return self._process.pid if self._process else None

    def _asked(
        self, asked: Mapping[str, Any], data: bytes, settings: SourcesSettings, waiting: Waiting
    ) -> Reply:
        """Send a request and wait for its reply, for as long as a file may take."""
        process = self._running()
        self._taken += 1
        whole = {**asked, "bytes": len(data), "settings": asdict(settings)}
        replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        threading.Thread(
            target=lambda: replies.put(_exchange(process, json.dumps(whole).encode(), data)),
            name="footnote-apart",
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
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise SourcesError(
                    f"No process can be started to read files in ({error.strerror or error});"
                    " end other programs, then try again."
                ) from error
            self._taken = 0
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


def _exchange(process: "subprocess.Popen[bytes]", asked: bytes, data: bytes) -> Reply:
    """Write a request and read its reply; `{"crashed": True}` where the process has ended."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(asked + b"\n")
        process.stdin.write(data)
        process.stdin.flush()
        length = int(process.stdout.readline())
        written = process.stdout.read(length)
        reply: Reply = json.loads(written.decode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return {"crashed": True}
    return reply


def reason(reply: Reply, settings: SourcesSettings) -> str:
    """Say why a reply has no result."""
    if "unreadable" in reply:
        return str(reply["unreadable"])
    if "slow" in reply:
        return _TOO_LONG.format(seconds=settings.max_seconds)
    if "memory" in reply:
        return _TOO_MUCH.format(amount=settings.max_memory_bytes / MEBIBYTE)
    return REFUSED.format(what=reply.get("failed", "its parser crashed"))
