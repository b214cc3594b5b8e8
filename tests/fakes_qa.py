"""Stand-ins for the reader and the language model whose verdicts one can work out by hand."""

import re
from collections.abc import Iterator, Sequence

from qa.errors import ModelError
from qa.reader import Reading
from sources import Span


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


class WordReader:
    """Reads by shared words: a text answers, or entails, by the share of the query's words in it.

    The answer is marked in the one sentence that shares most.
    """

    name = "word-reader"

    def read(self, question: str, passages: Sequence[tuple[str, str | None]]) -> list[Reading]:
        asked = {w for w in words(question) if len(w) > 3}
        readings = []
        for text, _ in passages:
            offsets = tuple((m.start(), m.end()) for m in re.finditer(r"\w+", text))
            best = max(re.split(r"(?<=[.!?])\s", text), key=lambda s: len(asked & set(words(s))))
            at = range(text.index(best), text.index(best) + len(best))
            inside = tuple(float(a in at and text[a:b].casefold() in asked) for a, b in offsets)
            total = sum(inside) or 1.0
            shared = len(asked & set(words(text))) / max(1, len(asked))
            starts = tuple(i / total for i in inside)
            readings.append(Reading(shared, Span(at.start, at.stop), offsets, starts, inside))
        return readings

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [
            sum(w in words(source) for w in words(claim)) / max(1, len(words(claim)))
            for claim, source in pairs
        ]


class ScriptedModel:
    """A language model that says what it was told to, in pieces of `step` characters.

    `dies_after` pieces it raises `ModelError`, as a server does that dies in mid-answer.
    """

    name = "scripted"

    def __init__(self, *replies: str, step: int = 7, dies_after: int | None = None) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, str]] = []
        self.step = step
        self.dies_after = dies_after

    def stream(self, system: str, user: str) -> Iterator[str]:
        self.asked.append((system, user))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        for count, at in enumerate(range(0, len(reply), self.step)):
            if self.dies_after is not None and count >= self.dies_after:
                raise ModelError("The language model 'scripted' did not answer (it died).")
            yield reply[at : at + self.step]

    def write(self, system: str, user: str) -> str:
        return "".join(self.stream(system, user)).strip()

    def close(self) -> None:
        """Nothing to stop."""
