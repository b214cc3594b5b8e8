"""The local language model in a process of its own: it loads beside everything else, and when it
breaks, nothing else does. `qa/llama_process.py` is what runs there, or `qa/native_process.py`.
"""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from qa import llama_process, native_process
from qa.errors import ModelError
from qa.llama_process import CONTEXT_TOKENS

__all__ = ["CONTEXT_TOKENS", "LocalServer"]

PATIENCE = 2.0  # seconds to end by itself
AGAIN = 0.5  # seconds until another try to start
LOADING = 300.0  # seconds to load the weights, on a slow disk


class LocalServer:
    """A running server for one GGUF file; it ends with this process or with `close`."""

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        """Load the weights and start to listen.

        Raises:
            ModelError: the file is no usable model, or memory is short.
        """
        why = ""
        for command in _commands(weights, threads or _cores()):
            said = self._start(command, weights.name)
            if "address" in said:
                self.address: str = said["address"]
                return
            self.close()
            why = said.get("error") or f"its process ended with {self._process.returncode}"
        raise ModelError(
            f"The language model {weights.name!r} could not be started ({why}). Check it "
            "with `python -m index weights --verify`, free some memory, or use `--extractive`."
        )

    def _start(self, command: list[str], name: str) -> dict[str, str]:
        """Start a process and return what it says first, once the weights are loaded."""
        self._process = _started(command, name)
        assert self._process.stdout is not None
        hung = threading.Timer(LOADING, self._process.kill)
        hung.daemon = True
        hung.start()
        line = self._process.stdout.readline()
        hung.cancel()
        said: dict[str, str] = json.loads(line) if line else {}
        return said

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop the server and free its memory."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _commands(weights: Path, threads: int) -> list[list[str]]:
    """Return what to try: a llama.cpp that was compiled for this machine, then the installed one."""
    python = [sys.executable, "-P"]
    installed = [*python, str(Path(llama_process.__file__)), str(weights), str(threads)]
    program = native_process.program()
    if program is None:
        return [installed]
    native = native_process.arguments(program, weights, threads, llama_process.shape())
    return [[*python, str(Path(native_process.__file__)), *native], installed]


def _started(command: list[str], name: str) -> "subprocess.Popen[bytes]":
    """Start a process; once more where the system could not, which may be so for a moment only."""
    with suppress(OSError):
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(AGAIN)
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise ModelError(
            f"No process could be started for the language model {name!r} ({error}). Free some "
            "memory, or use `--extractive`."
        ) from error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 2
