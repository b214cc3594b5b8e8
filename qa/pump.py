"""What a language model writes, taken out of a thread piece by piece: whoever waits is never caught
in a connection that gives nothing, and may leave at once, which cuts the connection.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from qa.errors import ModelError
from qa.leaving import stay

PULSE = 0.2  # seconds between two looks at clock and door


_here = threading.local()
Cuts = list[Callable[[], object]]


class TooSlow(ModelError):
    """Raised when nothing came for too long, or everything together took too long."""


class Left(ModelError):
    """Raised when the model was closed while somebody waited for it."""


def pump(
    produce: Callable[[], Iterator[str]], *, stall: float, whole: float, left: threading.Event
) -> Iterator[str]:
    """Yield what `produce()` yields, in another thread; what it raises is raised here.

    Args:
        produce: makes the pieces; where nobody waits any more, it is cut by what it named to
            `cut_by`, and closed at the next piece.
        stall: seconds without a piece after which `TooSlow` is raised.
        whole: the same for all pieces together.
        left: once set, `Left` is raised.

    Raises:
        Gone: whoever asked has left (`qa/leaving.py`).
    """
    pieces: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    gone, cuts = threading.Event(), Cuts()
    work = threading.Thread(
        target=_work, args=(produce, pieces, gone, cuts), name="footnote-write", daemon=True
    )
    began = last = time.monotonic()
    work.start()
    try:
        while True:
            try:
                kind, value = pieces.get(timeout=PULSE)
            except queue.Empty:
                kind, value = "nothing", None
            now = time.monotonic()
            stay()
            if left.is_set():
                raise Left
            if kind == "end":
                return
            if kind == "error":
                raise value
            if kind == "piece":
                last = now
                yield value
            elif now - last > stall or now - began > whole:
                raise TooSlow(f"nothing more came for {now - last:.0f} seconds")
            if now - began > whole:
                raise TooSlow(f"it was not done after {now - began:.0f} seconds")
    finally:
        gone.set()
        for cut in list(cuts):
            cut()


def cut_by(cut: Callable[[], object]) -> None:
    """Name what cuts the waiting of this thread short, if a `pump` runs it; called from another."""
    cuts: Cuts | None = getattr(_here, "cuts", None)
    if cuts is not None:
        cuts.append(cut)


def _work(
    produce: Callable[[], Iterator[str]],
    pieces: "queue.SimpleQueue[tuple[str, Any]]",
    gone: threading.Event,
    cuts: Cuts,
) -> None:
    _here.cuts = cuts
    try:
        made = produce()
        for piece in made:
            pieces.put(("piece", piece))
            if gone.is_set():
                close = getattr(made, "close", None)
                if close:
                    close()
                return
        pieces.put(("end", None))
    except BaseException as error:  # handed over: whoever waits raises it
        pieces.put(("error", error))
