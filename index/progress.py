"""Progress bars on the standard error stream; the door of `tqdm`."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

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
    """A bar for each stage of a sync; hand it to `Index.sync`."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._open = ExitStack()
        self._stage = ""
        self._done = 0

    def __enter__(self) -> "SyncBar":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the bar of the last stage."""
        self._open.close()

    def __call__(self, progress: Step) -> None:
        """Show how far the sync is."""
        if progress.stage != self._stage:
            self._open.close()
            bar = progress_bar(progress.stage, progress.total, True, unit="file")
            self._bar = self._open.enter_context(bar)
            self._stage, self._done = progress.stage, 0
        self._bar.update(progress.done - self._done)
        self._done = progress.done
