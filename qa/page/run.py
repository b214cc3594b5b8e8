"""One question being answered while the page stays free: the assistant works in a thread, the page
takes what it yields, and a stop takes effect at once. Also the turn, which the page shows.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from llama_index.core.schema import Document

from index import DocumentRecord, IndexStatus, Progress, SyncReport
from qa.answer import Answer, Sentence, Stage
from qa.leaving import until

T = TypeVar("T")
Event = Stage | Sentence | Answer


class Library(Protocol):
    """The part of `index.Index` that the page uses."""

    location: Path
    """Where what belongs to this folder of documents is kept, the conversations too."""

    def documents(self) -> list[DocumentRecord]:
        """Return what is known about each document."""

    def document(self, path: str) -> Document:
        """Return a document as it was when indexed."""

    def status(self) -> IndexStatus:
        """Return what the index holds."""

    def generation(self) -> str:
        """Return the fingerprint of the index; an `IndexingError` before the first sync."""

    def sync(self, progress: Callable[[Progress], None]) -> SyncReport:
        """Bring the index up to date, telling how far it is."""


class Assistant(Protocol):
    """The part of `qa.serve.line.Line` that the page uses."""

    @property
    def index(self) -> Library:
        """The documents it answers from."""

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
        who: str = "",
    ) -> Iterator[Event]:
        """Yield stages, verified sentences, and the whole answer last; `who` is the visitor."""


class Run(Iterator[T]):
    """Iterate over `produce()` in another thread; `stop` ends the iteration at once.

    After a stop the producer is ended where it waits for a language model, else closed at its next
    item. What it raises, the iteration raises.
    """

    def __init__(self, produce: Callable[[], Iterator[T]]) -> None:
        self._items: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.stopped = threading.Event()
        threading.Thread(target=self._work, args=(produce,), daemon=True).start()

    def _work(self, produce: Callable[[], Iterator[T]]) -> None:
        try:
            with until(self.stopped):
                items = produce()
                for item in items:
                    self._items.put(("item", item))
                    if self.stopped.is_set():
                        close = getattr(items, "close", None)
                        if close:
                            close()
                        break
            self._items.put(("end", None))
        except BaseException as error:  # handed over: the iterating thread raises it
            self._items.put(("error", error))

    def stop(self) -> None:
        """End the iteration now."""
        self.stopped.set()
        self._items.put(("end", None))

    def __next__(self) -> T:
        kind, value = self._items.get()
        if self.stopped.is_set() or kind == "end":
            self._items.put(("end", None))
            raise StopIteration
        if kind == "error":
            self._items.put(("end", None))
            raise value
        item: T = value
        return item


Source = Assistant | Future[Assistant] | Callable[[], Assistant]
"""The assistant, a future of it, or what makes it."""


def soon(source: Source) -> Future[Assistant]:
    """Return a future of the assistant, whether it is here, on its way, or still to be made."""
    if isinstance(source, Future):
        return source
    ready: Future[Assistant] = Future()
    if callable(source) and not hasattr(source, "stream"):
        threading.Thread(target=_make, args=(source, ready), daemon=True).start()
    else:
        ready.set_result(cast(Assistant, source))
    return ready


def _make(make: Callable[[], Assistant], ready: Future[Assistant]) -> None:
    try:
        ready.set_result(make())
    except BaseException as error:  # handed over: whoever asks for the result gets it
        ready.set_exception(error)


def following(work: Callable[[Callable[[Progress], None]], T]) -> Iterator[Progress | T]:
    """Run `work(report)` in a thread; yield what it reports, then what it returns."""
    done = object()
    reports: queue.SimpleQueue[Any] = queue.SimpleQueue()
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work(reports.put))
        except BaseException as error:  # handed over: the iterating thread raises it
            result.set_exception(error)
        reports.put(done)

    threading.Thread(target=run, daemon=True).start()
    while (report := reports.get()) is not done:
        yield report
    yield result.result()


def chosen(paths: str) -> list[str] | None:
    """Return the ticked documents from a JSON list, or `None` for all."""
    try:
        found = json.loads(paths) if paths else None
    except ValueError:
        return None
    return [str(path) for path in found] if isinstance(found, list) else None
