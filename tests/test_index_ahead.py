"""What is read ahead comes in order, stays bounded, and ends with whoever waits for it."""

import threading
import time
from collections.abc import Callable

import pytest

from index.ahead import AHEAD, ahead


def threads() -> int:
    return sum(t.name == "footnote-read" for t in threading.enumerate())


def test_results_come_in_order_and_at_most_so_many_early() -> None:
    done: list[int] = []

    def work(item: int, alive: Callable[[], object]) -> int:
        done.append(item)
        return item * 10

    taken = []
    for result in ahead(work, range(3 * AHEAD)):
        taken.append(result)
        assert len(done) - len(taken) <= AHEAD + 1
    assert taken == [item * 10 for item in range(3 * AHEAD)]
    assert threads() == 0


def test_an_error_of_the_work_is_raised_at_its_place() -> None:
    def work(item: int, alive: Callable[[], object]) -> int:
        if item == 2:
            raise OSError("gone")
        return item

    found = ahead(work, range(5))
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(OSError, match="gone"):
        next(found)
    assert threads() == 0


def test_whoever_cancels_while_waiting_ends_the_work_too() -> None:
    started = threading.Event()

    def work(item: int, alive: Callable[[], object]) -> int:
        started.set()
        while True:
            time.sleep(0.01)
            alive()

    def cancel() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(ahead(work, range(5), cancel))
    assert started.is_set() and threads() == 0


def test_whoever_leaves_early_leaves_no_thread() -> None:
    found = ahead(lambda item, alive: item, range(1000))
    assert next(found) == 0
    found.close()  # type: ignore[attr-defined]
    assert threads() == 0
