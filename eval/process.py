"""Runs commands of ours in fresh processes: what they print, how much memory they and their
children take at most, and how long the chat page takes to come up. The door of `psutil`; knows no
figures, `bench.py` makes them.
"""

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import psutil  # type: ignore[import-untyped]  # it ships no types

from eval.errors import EvaluationError

EVERY = 0.1  # seconds between two looks at the memory
PATIENCE = 1800.0  # seconds after which a command counts as hung


@dataclass(frozen=True)
class Machine:
    """What the figures were measured on."""

    cpu: str
    cores: int
    memory_gib: float
    python: str


@dataclass(frozen=True)
class Finished:
    """What a command printed as JSON, and the most bytes it and its children had resident."""

    said: dict[str, Any]
    peak: int


@dataclass(frozen=True)
class Started:
    """Seconds from the start of the chat page's command until the page answered and, where models are
    waited for, until questions could be answered.
    """

    page: float
    models: float | None


class FreshProcesses:
    """Runs `python -m ...` with this interpreter, each time in a process of its own."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """Wait for no command longer than `patience` seconds."""
        self._patience = patience

    def run(self, arguments: Sequence[str], home: Path) -> Finished:
        """Run a command to its end; the last line it prints is its JSON object.

        Args:
            arguments: what follows `python -m`.
            home: the folder of indexes and weights it shall use.

        Raises:
            EvaluationError: it failed (the text is the last line of what it complained) or hung.
        """
        with (
            tempfile.TemporaryFile() as said,
            _process(arguments, home, said) as running,
            Memory(running.process.pid) as memory,
        ):
            try:
                running.process.wait(self._patience)
            except subprocess.TimeoutExpired as error:
                raise EvaluationError(f"it took more than {self._patience:.0f} s") from error
            if running.process.returncode:
                raise EvaluationError(running.complaint())
            said.seek(0)
            return Finished(_last_object(said.read().decode()), memory.peak)

    def start(self, arguments: Sequence[str], home: Path, *, models: bool) -> Started:
        """Start the chat page on a free port, wait for it, and end it.

        Args:
            arguments: what follows `python -m`, without the port.
            home: the folder of indexes and weights it shall use.
            models: wait also until the server says that questions can be answered.

        Raises:
            EvaluationError: it ended instead, or hung.
        """
        port = _free_port()
        began = time.perf_counter()
        with (
            _process([*arguments, "--port", str(port)], home, subprocess.DEVNULL) as running,
            httpx.Client(timeout=5.0, trust_env=False) as client,
        ):
            page = f"http://127.0.0.1:{port}/"
            answers = self._until(lambda: _answers(client, page), running, began)
            if not models:
                return Started(answers, None)
            loaded = self._until(lambda: _answers(client, f"{page}readyz"), running, began)
            return Started(answers, loaded)

    def _until(self, there: Callable[[], bool], running: "_Running", began: float) -> float:
        while not there():
            if running.process.poll() is not None:
                raise EvaluationError(running.complaint())
            if time.perf_counter() - began > self._patience:
                raise EvaluationError(f"it was not there after {self._patience:.0f} s")
            time.sleep(EVERY / 2)
        return time.perf_counter() - began


class Memory:
    """Watches, while it is entered, the resident bytes of a process with all its children."""

    def __init__(self, pid: int) -> None:
        """Watch the process `pid`."""
        self.peak = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End watching."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(EVERY):
            self.peak = max(self.peak, sum(map(_resident, _tree(self._pid))))


@dataclass(frozen=True)
class _Running:
    process: "subprocess.Popen[bytes]"
    complaints: IO[bytes]

    def complaint(self) -> str:
        """Return the last line on its error stream, which for errors of ours is the whole one."""
        self.complaints.seek(0)
        lines = self.complaints.read().decode(errors="replace").split("\n")
        told = [line.strip() for line in lines if line.strip()]
        code = f"it ended with exit code {self.process.returncode}"
        return told[-1][:500] if told else code


@contextmanager
def _process(arguments: Sequence[str], home: Path, output: int | IO[bytes]) -> Iterator[_Running]:
    """Start a process, and end it with all its children when left."""
    environment = os.environ | {"FOOTNOTE_HOME": str(home)}
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=complaints,
            env=environment,
        )
        try:
            yield _Running(process, complaints)
        finally:
            for one in _tree(process.pid):
                with suppress(psutil.Error):
                    one.kill()
            process.wait()


def resident() -> int:
    """Return the bytes that this process has resident now."""
    return int(psutil.Process().memory_info().rss)


def machine() -> Machine:
    """Return what this is measured on."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        python=platform.python_version(),
    )


def _cpu() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _tree(pid: int) -> list[Any]:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _resident(process: Any) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _answers(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(address, follow_redirects=True).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_object(text: str) -> dict[str, Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        said = json.loads(lines[-1] if lines else "")
    except ValueError as error:
        raise EvaluationError("it printed no JSON object") from error
    if not isinstance(said, dict):
        raise EvaluationError(f"it printed {said!r}, which is no JSON object")
    return said
