"""Reads and splits documents in a thread, some ahead of the model that embeds them. It knows
nothing of what becomes of them; `index/sync.py` does.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from llama_index.core.schema import Document, TextNode

import sources
from index.passages import TokenCounter, passages
from sources import File, UnreadableFile

AHEAD = 32  # documents that wait for the model, at most, so that memory stays flat
PULSE = 0.2  # seconds between two looks whether somebody cancels

T = TypeVar("T")
R = TypeVar("R")


class _Left(BaseException):
    """Raised in the thread when nobody waits for it any more."""


@dataclass(frozen=True)
class Prepared:
    """A file read and split, or the reason why it has no document."""

    path: str
    document: Document | None
    nodes: tuple[TextNode, ...]
    reason: str | None = None


def prepare(
    file: File, count: TokenCounter, budget: int, waiting: Callable[[], object]
) -> Prepared:
    """Read a file and split it into passages.

    Args:
        file: as `sources.scan` found it.
        count: returns the tokens of a string.
        budget: tokens a passage aims at.
        waiting: called now and then; what it raises ends the work.
    """
    try:
        document = sources.read(file, waiting=waiting)
    except UnreadableFile as error:
        return Prepared(file.path, None, (), str(error))
    return Prepared(file.path, document, tuple(passages(document, count, budget=budget)))


def ahead(
    work: Callable[[T, Callable[[], object]], R],
    items: Sequence[T],
    waiting: Callable[[], object] = lambda: None,
) -> Iterator[R]:
    """Yield `work(item, alive)` for each item in order, done in a thread at most `AHEAD` early.

    Args:
        work: gets an item and a function to call now and then, which ends it when nobody waits.
        items: what is to be done.
        waiting: called while the next result is waited for; what it raises ends everything.

    Raises:
        Whatever `work` and `waiting` raise.
    """
    thread = _Thread(work, items)
    thread.start()
    try:
        for _ in items:
            result = _next(thread.results, waiting)
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        thread.left.set()
        thread.join()


class _Thread(threading.Thread, Generic[T, R]):
    def __init__(self, work: Callable[[T, Callable[[], object]], R], items: Sequence[T]) -> None:
        super().__init__(name="footnote-read", daemon=True)
        self.results: queue.Queue[R | BaseException] = queue.Queue(AHEAD)
        self.left = threading.Event()
        self._work, self._items = work, items

    def run(self) -> None:
        with suppress(_Left):
            try:
                for item in self._items:
                    self._put(self._work(item, self._alive))
            except _Left:
                raise
            except BaseException as error:  # handed over: whoever iterates raises it
                self._put(error)

    def _alive(self) -> None:
        if self.left.is_set():
            raise _Left

    def _put(self, result: R | BaseException) -> None:
        while True:
            self._alive()
            with suppress(queue.Full):
                return self.results.put(result, timeout=PULSE)


def _next(results: "queue.Queue[R]", waiting: Callable[[], object]) -> R:
    while True:
        try:
            return results.get(timeout=PULSE)
        except queue.Empty:
            waiting()
