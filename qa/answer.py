"""What a question gives: an `Answer` of verified sentences with citations, or an abstention with
its reason and the nearest passages. Values only; `qa/assistant.py` makes them, the command line,
the page, the API and `eval/` show or score them.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from index import Hit

Verdict = Literal[
    "supported",  # entailed by its quotes
    "conflicting",  # part of a disagreement between sources; its quotes state different values
]


@dataclass(frozen=True)
class Citation:
    """A quotation: `document.text[start:end] == quote`, in code points of canonical text."""

    file: str
    title: str | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Stage:
    """What the assistant is doing now, for whoever waits."""

    name: Literal[
        "waiting",  # for another question to be finished
        "loading",  # the models, once
        "retrieving",  # passages
        "reading",  # which of them answer, and where
        "writing",  # and grounding, sentence by sentence
    ]
    ahead: int = 0
    """While waiting: how many questions come before this one."""
    found: Citation | None = None
    """While writing: the quotation that clearly answers, to be read until a sentence is there."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer, with the quotations it stands on (at least one)."""

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Dropped:
    """A sentence the model wrote that was not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Seconds:
    """Wall-clock seconds since the question arrived: `first_quotation` until something verified was
    there to be read, the quotation that answers or a sentence; both firsts are `None` on abstention.
    """

    retrieve: float
    first_sentence: float | None
    total: float
    first_quotation: float | None = None


@dataclass(frozen=True)
class Answer:
    """The answer to one question. Abstained means: no sentences, and `reason` says why; beside
    sentences it says which part of the question they leave open.
    """

    question: str
    language: str
    sentences: tuple[Sentence, ...]
    abstained: bool
    reason: str | None
    passages: tuple[Hit, ...]
    models: dict[str, str]
    seconds: Seconds
    dropped: tuple[Dropped, ...] = field(default=())

    @property
    def text(self) -> str:
        """What is shown: the sentences joined, and the reason for what is not answered."""
        return " ".join(filter(None, [*(s.text for s in self.sentences), self.reason]))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order of appearance, each once."""
        return tuple(dict.fromkeys(c for s in self.sentences for c in s.citations))

    def as_json(self) -> dict[str, Any]:
        """Return the public JSON form, as `python -m qa ask --json` prints it."""
        return {
            "question": self.question,
            "answer": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "sentences": [asdict(s) for s in self.sentences],
            "citations": [asdict(c) for c in self.citations],
            "passages": [
                {
                    "file": h.path,
                    "start": h.start,
                    "end": h.end,
                    "score": h.score,
                    "dense_rank": h.dense_rank,
                    "lexical_rank": h.lexical_rank,
                }
                for h in self.passages
            ],
            "models": self.models,
            "seconds": asdict(self.seconds),
        }
