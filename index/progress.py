"""Progress bars on the standard error stream; the door of `tqdm`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tqdm import tqdm  # type: ignore[import-untyped]  # tqdm ships no types


class Bar(Protocol):
    """A bar that is told what was done since the last time."""

    def update(self, n: int = 1) -> object:
        """Move the bar by `n` units."""


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
