"""Which part of a public set the shipped reader was never trained on. Figures on what it was trained
on would flatter, so only the rest is asked, whatever the file is called: articles and claims are
known again by the hashes in `seen.json`, which the training's own split writes.
"""

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.runs.files import write_whole

SEEN = Path(__file__).parent / "seen.json"


@dataclass(frozen=True)
class Unseen:
    """What was trained on, as hashes, and a note for whoever reads figures over the rest."""

    seen: frozenset[str]
    note: tuple[str, ...]

    def __contains__(self, group: str) -> bool:
        """Tell whether a group was never trained on."""
        return _hash(group) not in self.seen


def unseen(source: str, groups: Iterable[str], what: str) -> Unseen:
    """Return the part of a set that the reader has not seen.

    Args:
        source: the set as the training calls it: "squad2", "korquad", "klue", "wice".
        groups: every group (article, claim) of a file.
        what: what a group is, for the note.
    """
    seen, every = _seen().get(source, frozenset()), set(groups)
    kept = [group for group in every if _hash(group) not in seen]
    if len(kept) == len(every):
        return Unseen(seen, ())
    note = (
        f"The shipped reader was trained on {len(every) - len(kept)} of these {len(every)} {what}; "
        f"only the other {len(kept)} are asked."
    )
    return Unseen(seen, (note,))


def trained_on(data: Path) -> dict[str, list[str]]:
    """Return the groups of every public set that the training may draw from, as hashes.

    Args:
        data: the folder that `python -m qa.training --data` is given.
    """
    from qa.training.__main__ import public  # it imports all that training needs

    groups: dict[str, set[str]] = {}
    for example in public(data, _Everything())[0]:
        groups.setdefault(example.source, set()).add(_hash(example.group))
    return {source: sorted(found) for source, found in sorted(groups.items())}


def write_seen(data: Path) -> None:
    """Write what the training may draw from, a line for each set."""
    lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in trained_on(data).items()]
    write_whole(SEEN, "{\n" + ",\n".join(lines) + "\n}\n")


class _Everything(random.Random):
    """Dice that leave nothing out, so that the whole training half of a split is seen."""

    def sample(self, population: Sequence[Any], k: int, **_: Any) -> list[Any]:
        return list(population)


@lru_cache
def _seen() -> dict[str, frozenset[str]]:
    held: dict[str, list[str]] = json.loads(SEEN.read_text(encoding="utf-8"))
    return {source: frozenset(hashes) for source, hashes in held.items()}


def _hash(group: str) -> str:
    """Return eight hexadecimal digits: among a few thousand groups no two are likely to share them."""
    return hashlib.sha256(group.encode()).hexdigest()[:8]
