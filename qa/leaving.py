"""Whoever asked may leave while an answer is made, deep inside a model or a wait: whoever works for
them finds out here, and ends at once.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_left: ContextVar[threading.Event | None] = ContextVar("left", default=None)


class Gone(BaseException):
    """Raised where nobody waits for the answer any more. It goes through everything, as
    `GeneratorExit` does, and is nobody's failure.
    """


@contextmanager
def until(left: threading.Event) -> Iterator[None]:
    """Work for somebody who has left once `left` is set; holds for this thread and block."""
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)


def stay() -> None:
    """Do nothing while whoever asked is there, or nobody said who that is.

    Raises:
        Gone: they left.
    """
    left = _left.get()
    if left is not None and left.is_set():
        raise Gone
