"""Answers given before, so that a repeated question need not wait. An answer is found again only by
the same question in the same conversation, over the same index, by the same models with the same
settings; it lives in memory, bounded, and is never written anywhere.
"""

import hashlib
import json
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from qa.answer import Answer, Seconds, Sentence
from qa.settings import AnsweringSettings

KEPT = 200  # answers; each is some 20 KB
_ENDINGS = " ?!.。？！…"


@dataclass(frozen=True)
class Asked:
    """A question with all that its answer depends on. `state` stands for the index."""

    question: str
    history: tuple[tuple[str, str], ...]
    language: str | None
    paths: tuple[str, ...] | None
    state: str
    models: dict[str, str]
    settings: AnsweringSettings

    @property
    def key(self) -> str:
        """A hash of it; letter case, blanks and final punctuation of the question do not count."""
        parts = asdict(self) | {"question": normal(self.question)}
        parts["settings"].pop("key")
        parts["paths"] = None if self.paths is None else sorted(set(self.paths))
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Remembered:
    """A bounded number of answers, the longest unused forgotten first. Threads may share it."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep at most `kept` answers."""
        self._kept = kept
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, asked: Asked) -> Answer | None:
        """Return the answer given before, or `None`."""
        with self._lock:
            found = self._answers.get(asked.key)
            if found is None or (found.abstained and found.question != asked.question):
                return None  # an abstention repeats the question's own words
            self._answers.move_to_end(asked.key)
            return replace(found, question=asked.question)

    def keep(self, asked: Asked, answer: Answer) -> None:
        """Remember an answer, unless it is what was left when a model failed."""
        if any(not dropped.text for dropped in answer.dropped):
            return
        with self._lock:
            self._answers[asked.key] = answer
            self._answers.move_to_end(asked.key)
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)


def again(answer: Answer, began: float) -> Iterator[Sentence | Answer]:
    """Yield a remembered answer as if it had just been made.

    Args:
        answer: what was found.
        began: when the question came, by `time.monotonic()`.
    """
    yield from answer.sentences
    taken = time.monotonic() - began
    first = taken if answer.sentences else None
    yield replace(answer, seconds=Seconds(0.0, first, taken, first))


def normal(question: str) -> str:
    """Return a question without what does not change its meaning.

    >>> normal("  Who signed  the Treaty? ")
    'who signed the treaty'
    """
    folded = unicodedata.normalize("NFKC", question).casefold()
    return " ".join(folded.split()).rstrip(_ENDINGS)
