"""Which part of a public file the shipped reader was never trained on. Figures on what it was
trained on would flatter, so only the rest is asked. The shares are those of `qa/training/`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qa.training.examples import Example, held_out

# Share of the articles (or claims) that `python -m qa.training` keeps for measuring.
TRAINED_ON = {
    "cs224n_dev-v2.0.json": 0.15,
    "KorQuAD_v1.0_dev.json": 0.15,
    "klue-nli-v1.1_dev.json": 0.1,
    "oracle_chunks_claim_dev.jsonl": 0.15,
    "claim_dev.jsonl": 0.15,
}


@dataclass(frozen=True)
class Unseen:
    """The groups of a file that were held out; `groups` is `None` where all of it is unseen."""

    groups: frozenset[str] | None
    note: tuple[str, ...]

    def __contains__(self, group: str) -> bool:
        """Tell whether a group was never trained on."""
        return self.groups is None or group in self.groups


def unseen(file: Path, groups: Iterable[str], what: str) -> Unseen:
    """Return the part of a file that the reader has not seen.

    Args:
        file: the file; known by its name.
        groups: every group (article, claim) of the file.
        what: what a group is, for the note.
    """
    share = TRAINED_ON.get(file.name)
    if share is None:
        return Unseen(None, ())
    examples = [Example("question", group, "", "", "") for group in groups]
    kept = frozenset(example.group for example in held_out(examples, share)[1])
    note = (
        f"The shipped reader was trained on other {what} of {file.name}; only the {len(kept)} held "
        "out are asked."
    )
    return Unseen(kept, (note,))
