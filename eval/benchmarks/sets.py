"""What every benchmark comes down to: passages, questions about them, claims about sources. The
adapters make these from the files of a set's authors; nothing here knows a format.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

Task = Literal[
    "reading",  # the reader's best span in the passage the question belongs to
    "ranking",  # the passages found for a question, and the reader's best span in them
    "answering",  # an engine's answer
    "grounding",  # whether sources support a claim
]
TASKS: tuple[Task, ...] = get_args(Task)


@dataclass(frozen=True)
class Passage:
    """A text that can be found, by the id its authors gave it."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Question:
    """A question of a set.

    `golds` are groups of alternatives: a right answer holds one of each group; none where the right
    answer is to abstain. `relevant` has the gain of each passage that answers (0 counts as not
    relevant), `given` the passage that reading looks at, `among` the only passages that may be used.
    `facts` are sentences that a passage found must hold. `fake` is the wrong answer that doctored
    passages give. `part` names the part of the set that figures are told by.
    """

    id: str
    text: str
    lang: str
    golds: tuple[tuple[str, ...], ...] = ()
    relevant: dict[str, float] = field(default_factory=dict)
    given: str | None = None
    among: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    fake: str | None = None
    part: str = ""

    @property
    def answerable(self) -> bool:
        """Whether there is an answer to give."""
        return bool(self.golds)

    @property
    def spans(self) -> tuple[str, ...]:
        """The golds of a question with one group, for exact match and F1."""
        return self.golds[0] if self.golds else ()


@dataclass(frozen=True)
class Claim:
    """A claim with the sentences it is checked against, and whether they support all of it."""

    id: str
    text: str
    source: tuple[str, ...]
    supported: bool
    lang: str = "en"
    part: str = ""


@dataclass(frozen=True)
class Set:
    """A benchmark as read: `notes` say what a reader of its figures must know."""

    name: str
    sha256: str
    tasks: tuple[Task, ...]
    passages: tuple[Passage, ...] = ()
    questions: tuple[Question, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    letters: bool = False
    """A gold counts wherever its letters stand, as the authors of RGB count; else whole words."""


Item = TypeVar("Item", Question, Claim)


def some(items: Sequence[Item], limit: int | None) -> tuple[Item, ...]:
    """Return `limit` items, the parts in turn, in an order that only their ids decide.

    A larger limit adds to a smaller one, so that a longer run goes on from a shorter one.
    """
    parts: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda one: hashlib.sha256(one.id.encode()).digest()):
        parts[item.part].append(item)
    groups = [group for _, group in sorted(parts.items())]
    turns = max(map(len, groups), default=0)
    ordered = [group[turn] for turn in range(turns) for group in groups if turn < len(group)]
    return tuple(ordered[:limit])
