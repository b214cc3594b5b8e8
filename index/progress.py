"""Progress bars on the standard error stream; the door of `tqdm`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tqdm import tqdm  # type: ignore[import-untyped]  # tqdm ships no types


class Bar(Protocol):
    """A bar that is told what was done since the last time."""

    def update(self, n: int = 1) -> object:
        """Move the bar by `n` units."""


class Step(Protocol):
    """How far a sync is, as `index/sync.py` tells it."""

    @property
    def stage(self) -> str:
        """What is being done."""

    @property
    def path(self) -> str:
        """The file at hand."""

    @property
    def done(self) -> int:
        """Files finished."""

    @property
    def total(self) -> int:
        """Files to do."""


@contextmanager
def progress_bar(what: str, total: int, show: bool, *, unit: str = "B") -> Iterator[Bar]:
    """Show `what` as a bar of `total` units with speed and time left, unless `show` is false."""
    with tqdm(
        desc=what,
        total=total,
        unit=unit,
        unit_scale=True,
        dynamic_ncols=True,
        disable=not show,
    ) as bar:
        yield bar


def say(line: str) -> None:
    """Write a line to the standard error stream without spoiling a bar."""
    tqdm.write(line, file=sys.stderr)


class SyncBar:
    """A bar per stage of a sync; call it with each `Progress`."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> "SyncBar":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def __call__(self, progress: Step) -> None:
        """Show how far the sync is."""
        if self._bar is None or progress.stage != self._stage:
            self.__exit__()
            self._stage = progress.stage
            self._bar = tqdm(total=progress.total, desc=progress.stage, unit="file", leave=False)
        self._bar.set_postfix_str(ascii(progress.path[-40:])[1:-1], refresh=False)
        self._bar.update(progress.done - self._bar.n)
