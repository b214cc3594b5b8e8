"""A small assistant over documents in memory, for the page: it says what it was told to say, with
quotations that really stand in its documents. No model, no index on disk.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from llama_index.core.schema import Document

from index import DocumentRecord, Hit, IndexStatus, Progress, SyncReport
from qa.answer import Answer, Citation, Seconds, Sentence, Stage, Verdict
from sources import Facts, Heading, Skipped, Span, make_document


@dataclass
class Shelf:
    """Documents in memory with the part of an index that the page uses."""

    held: dict[str, Document]
    skipped: tuple[Skipped, ...] = ()
    location: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="footnote-")))

    def documents(self) -> list[DocumentRecord]:
        """Return a row per document."""
        return [
            DocumentRecord(
                path=path,
                title=held.metadata["title"],
                language=held.metadata["language"],
                published=held.metadata["published"],
                origin=None,
                sha256=held.metadata["sha256"],
                characters=len(held.text),
                passages=1,
                indexed_at="2026-01-01T00:00:00Z",
                also_at=(),
            )
            for path, held in self.held.items()
        ]

    def document(self, path: str) -> Document:
        """Return one document."""
        return self.held[path]

    def status(self) -> IndexStatus:
        """Return its counts."""
        count = len(self.held)
        return IndexStatus("sources", str(self.location), count, 12, self.skipped, "fake")

    def generation(self) -> str:
        """Return a fingerprint."""
        return "0123456789abcdef"

    def sync(self, progress: Callable[[Progress], None]) -> SyncReport:
        """Report each document as unchanged."""
        for done, path in enumerate(self.held, 1):
            progress(Progress(done, len(self.held), path, "embedding"))
            time.sleep(0.05)
        count = len(self.held)
        return SyncReport(0, 0, 0, count, self.skipped, passages=12, embedded=0, seconds=0.2)


@dataclass
class Scripted:
    """An assistant with one prepared answer per question.

    `pause` seconds pass before each sentence; a question in `gates` waits there for its event
    after its first sentence; one in `found` shows that quotation first, and waits for "found".
    """

    index: Shelf
    answers: dict[str, tuple[Sentence, ...]]
    near: tuple[Hit, ...] = ()
    pause: float = 0.0
    gates: dict[str, threading.Event] = field(default_factory=dict)
    found: dict[str, Citation] = field(default_factory=dict)
    asked: list[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...] | None]] = field(
        default_factory=list
    )

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
        who: str = "",
    ) -> Iterator[Stage | Sentence | Answer]:
        """Yield the stages, the prepared sentences and the answer."""
        self.asked.append((question, tuple(history), None if paths is None else tuple(paths)))
        started = time.monotonic()
        yield Stage("retrieving")
        yield Stage("reading")
        sentences = self.answers.get(question, ())
        if question in self.found:
            yield Stage("writing", found=self.found[question])
            self.gates["found"].wait(30)
        for number, sentence in enumerate(sentences):
            yield Stage("writing")
            if number and question in self.gates:
                self.gates[question].wait(30)
            time.sleep(self.pause)
            yield sentence
        total = time.monotonic() - started
        yield Answer(
            question=question,
            language="en",
            sentences=sentences,
            abstained=not sentences,
            reason=None if sentences else "The documents do not say.",
            passages=self.near,
            models={"llm": "scripted"},
            seconds=Seconds(0.01, total if sentences else None, total),
        )


def document(
    path: str,
    text: str,
    *,
    title: str | None,
    language: str = "en",
    published: str | None = None,
    dim: Sequence[str] = (),
    heads: Sequence[str] = (),
    pages: Sequence[int] = (),
) -> Document:
    """Make a document whose boilerplate and headings are named by their words."""
    spans = [Span(text.index(words), text.index(words) + len(words)) for words in dim]
    found = [text.index(words) for words in heads]
    return make_document(
        path,
        text,
        sha256="0" * 64,
        language=language,
        facts=Facts(title=title, published=published),
        not_content=sorted(spans),
        headings=[
            Heading(at, at + len(words), 2, words) for at, words in zip(found, heads, strict=True)
        ],
        pages=pages,
    )


def cite(source: Document, quote: str) -> Citation:
    """Cite the first place where `quote` stands."""
    start = source.text.index(quote)
    return Citation(source.id_, source.metadata["title"], start, start + len(quote), quote)


def say(text: str, *citations: Citation, verdict: Verdict = "supported") -> Sentence:
    """Make a sentence of an answer."""
    return Sentence(text, verdict, citations)


def hit(source: Document, quote: str) -> Hit:
    """Make a hit of the first place where `quote` stands."""
    start = source.text.index(quote)
    end = start + len(quote)
    m = source.metadata
    return Hit(
        id=f"{source.id_}:{start}",
        path=source.id_,
        start=start,
        end=end,
        text=quote,
        sentences=(Span(start, end),),
        heading="",
        title=m["title"],
        language=m["language"],
        published=m["published"],
        score=0.5,
        dense_rank=1,
        lexical_rank=None,
    )
