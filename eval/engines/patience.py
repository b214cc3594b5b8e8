"""Asks an engine with a time limit for each case. The engine works in a thread of its own, because
a call that hangs cannot be stopped; it is left behind and the engine is opened anew. Knows engines
only by `Setup`; `run.py` asks through it.
"""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from eval.engines import Engine, Setup
from eval.errors import EvaluationError

PATIENCE = 600.0  # seconds for one question, several times what a slow machine needs
MOST_HANGS = 3  # each leaves a copy of the models in memory

T = TypeVar("T")


class Hung(TimeoutError):
    """The engine gave nothing in the time allowed: a case's failure, put on record."""


class PatientEngine:
    """An engine that answers in time or fails that question, and is opened anew after a hang."""

    def __init__(self, setup: Setup, sources: Path, patience: float = PATIENCE) -> None:
        """Open nothing yet; use it as a context manager."""
        self._setup = setup
        self._sources = sources
        self._patience = patience
        self._hangs = 0
        self._opened = ExitStack()
        self._engine: Engine | None = None
        self._worker = _Worker()

    def __enter__(self) -> "PatientEngine":
        """Open the engine."""
        self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the engine; one that hangs is not waited for."""
        if self._engine is not None:
            self._opened.close()

    def do(self, work: Callable[[Engine], T]) -> T:
        """Let the engine do something.

        Raises:
            Hung: it did not end in time; the next call opens the engine anew.
            EvaluationError: it hung too often.
        """
        if self._engine is None:
            self._open()
        engine = self._engine
        assert engine is not None
        try:
            return self._worker.do(lambda: work(engine), self._patience)
        except Hung:
            self._abandon()
            raise

    def _open(self) -> None:
        if self._hangs >= MOST_HANGS:
            message = f"The engine {self._setup.name!r} hung {self._hangs} times"
            raise EvaluationError(
                f"{message}; finished cases are kept, so see why and give the same command again."
            )
        self._opened = ExitStack()
        self._engine = self._opened.enter_context(self._setup.open(self._sources))

    def _abandon(self) -> None:
        """Leave the engine behind; closing it may hang as well, so that is not waited for."""
        left, self._opened, self._engine = self._opened, ExitStack(), None
        self._hangs += 1
        self._worker = _Worker()

        def close() -> None:
            with suppress(Exception):
                left.close()

        closing = threading.Thread(target=close, daemon=True)
        closing.start()
        closing.join(timeout=5.0)


class _Worker:
    """One thread that works on one thing at a time; it never keeps the process alive."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            work = self._waiting.get()
            try:
                self._done.put((work(), None))
            except BaseException as error:  # raised again where the work was asked for
                self._done.put((None, error))

    def do(self, work: Callable[[], T], patience: float) -> T:
        result: T
        self._waiting.put(work)
        until = time.monotonic() + patience
        while True:
            try:  # short waits, so that Ctrl-C is heard
                result, error = self._done.get(timeout=min(0.2, max(0.0, until - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= until:
                    raise Hung(f"no answer in {patience:g} seconds") from None
                continue
            if error is not None:
                raise error
            return result
