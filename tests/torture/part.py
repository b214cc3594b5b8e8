"""What a part of the torture room is given and what it gives back.

A part tries something many times and counts what was lost: every try after which the promise does
not hold, whatever that is for this part (an index that differs, a reply that is another's). A part
never raises for a loss; it counts it, says it in `Row.losses`, and goes on.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Size = Literal[
    "short",  # a part of `make test`: seconds
    "full",  # `make torture`: minutes
]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `what` was tried `times` times. `losses` has one sentence for each try that lost something, and
    is empty where all is well. `figures` are measured on the way, by name with their unit, such as
    `{"memory growth (%)": 1.2}`; they are shown beside the counts and kept for the README.
    """

    what: str
    times: int
    losses: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """How many tries lost something."""
        return len(self.losses)


@dataclass(frozen=True)
class Torture:
    """What a part works with.

    `folder` is its own and empty, and is removed afterwards. All chance comes from `random`, whose
    seed is shown and can be given again. `tick()` moves the bar by one step of `Part.steps`, `tick(n)`
    by n.
    """

    size: Size
    folder: Path
    random: random.Random
    tick: Callable[..., object] = lambda steps=1: None

    @property
    def full(self) -> bool:
        """Whether this is the long run."""
        return self.size == "full"


@dataclass(frozen=True)
class Part:
    """A part: one line of what it does, how many steps its bar has, and its work."""

    says: str
    steps: Callable[[Size], int]
    run: Callable[[Torture], Iterator[Row]]
