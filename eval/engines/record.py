"""What an engine gives to one question, in the form that `answers.jsonl` keeps: a line per case.
Values, and their way into JSON and back; no scoring.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sources import Span


@dataclass(frozen=True)
class Cited:
    """A citation: `document.text[start:end] == quote`."""

    file: str
    start: int
    end: int
    quote: str

    @property
    def span(self) -> Span:
        """The range of code points in the file's canonical text."""
        return Span(self.start, self.end)


@dataclass(frozen=True)
class Said:
    """A sentence of an answer; `grounding` is the verifier's probability that its quotes entail it,
    where the engine has a verifier.
    """

    text: str
    verdict: str
    citations: tuple[Cited, ...]
    grounding: float | None = None


@dataclass(frozen=True)
class Passed:
    """A passage that was retrieved."""

    file: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Lost:
    """A sentence the model wrote that was not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Reply:
    """What one engine gave to one question; `answer` is the text a user sees, `passages` are in the
    order in which they were ranked. Tokens are those its language model read and wrote.
    """

    answer: str
    abstained: bool
    citations: tuple[Cited, ...] = ()
    reason: str | None = None
    sentences: tuple[Said, ...] = ()
    passages: tuple[Passed, ...] = ()
    dropped: tuple[Lost, ...] = ()
    first_sentence: float | None = None
    tokens_read: int | None = None
    tokens_written: int | None = None


@dataclass(frozen=True)
class Record(Reply):
    """A line of `answers.jsonl`: the reply to one case.

    `seconds` is wall-clock time around the whole question; `error` says why there is no reply;
    `memory` is the most MiB this process had resident so far.
    """

    id: str = ""
    seconds: float = 0.0
    error: str | None = None
    memory: float | None = None

    @classmethod
    def of(cls, case_id: str, reply: Reply, seconds: float) -> "Record":
        """Put a reply on record."""
        fields = {name: getattr(reply, name) for name in Reply.__dataclass_fields__}
        return cls(**fields, id=case_id, seconds=round(seconds, 3))

    @classmethod
    def failure(cls, case_id: str, error: str, seconds: float) -> "Record":
        """Put on record that a question gave no reply."""
        empty = cls.of(case_id, Reply(answer="", abstained=False), seconds)
        return replace(empty, error=error)

    def line(self) -> str:
        """Return the JSON line, without its line end."""
        fields = asdict(self)
        first = ("id", "answer", "abstained", "citations", "seconds")
        ordered = {name: fields.pop(name) for name in first} | fields
        # An engine may say half a character, which no file can hold.
        return json.dumps(ordered, ensure_ascii=False).encode(errors="replace").decode()

    @classmethod
    def read(cls, line: str) -> "Record":
        """Read a line that `line()` wrote.

        Raises:
            ValueError, KeyError or TypeError: it did not.
        """
        fields: dict[str, Any] = json.loads(line)
        fields["citations"] = _cited(fields["citations"])
        fields["sentences"] = tuple(
            Said(s["text"], s["verdict"], _cited(s["citations"]), s.get("grounding"))
            for s in fields["sentences"]
        )
        fields["passages"] = tuple(Passed(**p) for p in fields["passages"])
        fields["dropped"] = tuple(Lost(**d) for d in fields["dropped"])
        return cls(**fields)


def _cited(rows: Sequence[dict[str, Any]]) -> tuple[Cited, ...]:
    return tuple(Cited(**row) for row in rows)
