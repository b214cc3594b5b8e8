"""What the page is measured with: a document of 500 pages, a conversation of 200 messages about it,
and an assistant that quotes it without any model, so that only the page is measured.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from llama_index.core.schema import Document

from index import DocumentRecord, IndexStatus, Progress, SyncReport
from qa.answer import Answer, Citation, Seconds, Sentence, Stage
from qa.records.conversations import Conversation, Conversations, Made, Turn, begin
from sources import Facts, make_document

PAGES = 500
TURNS = 100
"""Questions of the conversation; with their answers, twice as many messages."""
_LINES = 40  # on a page, of about 75 characters
_SHA = "0" * 64


def book() -> Document:
    """Return the document: every line names its page and its own number."""
    pages = [
        "".join(
            f"On page {page}, line {line} of the survey lists the depth at buoy {page * line}.\n"
            for line in range(1, _LINES + 1)
        )
        for page in range(1, PAGES + 1)
    ]
    starts = [sum(map(len, pages[:number])) for number in range(PAGES)]
    return make_document(
        "survey.txt", "".join(pages), sha256=_SHA, language="en",
        facts=Facts(title="The survey of the sound"), pages=starts,
    )  # fmt: skip


@dataclass
class Shelf:
    """A library that holds one document in memory."""

    location: Path
    held: Document = field(default_factory=book)

    def documents(self) -> list[DocumentRecord]:
        """Return its only row."""
        m = self.held.metadata
        row = DocumentRecord(
            self.held.id_, m["title"], "en", None, None, _SHA, len(self.held.text), PAGES,
            "2026-01-01T00:00:00Z", (),
        )  # fmt: skip
        return [row]

    def document(self, path: str) -> Document:
        """Return the document."""
        return self.held

    def status(self) -> IndexStatus:
        """Return its counts."""
        return IndexStatus("sources", str(self.location), 1, PAGES, (), "measured")

    def generation(self) -> str:
        """Return a fingerprint."""
        return "measured"

    def sync(self, progress: Callable[[Progress], None]) -> SyncReport:
        """Find nothing changed."""
        return SyncReport(0, 0, 0, 1, (), passages=PAGES, embedded=0, seconds=0.0)


@dataclass
class Quoting:
    """An assistant that answers each question with two lines of the document."""

    index: Shelf

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
        who: str = "",
    ) -> Iterator[Stage | Sentence | Answer]:
        """Yield a stage, two sentences and the answer."""
        yield Stage("writing")
        whole = self.answer(question, len(history))
        yield from whole.sentences
        yield whole

    def answer(self, question: str, number: int) -> Answer:
        """Return the answer to the question of this number."""
        at = self.index.held.metadata["pages"][(number * 37) % PAGES]
        said = tuple(self._sentence(at + line * 71) for line in (3, 9))
        models = {"language": "none"}
        return Answer(
            question, "en", said, False, None, (), models, Seconds(0.0, 0.0, 0.0), ()
        )  # fmt: skip

    def _sentence(self, near: int) -> Sentence:
        text = self.index.held.text
        start = text.rfind("\n", 0, near) + 1
        end = text.index("\n", near)
        said = text[start:end]
        quote = Citation("survey.txt", "The survey of the sound", start, end, said)
        return Sentence(said, "supported", (quote,))


def converse(assistant: Quoting) -> Conversation:
    """Keep a conversation of 200 messages where the page finds it, and return it."""
    questions = [f"What does line {number} of the survey list?" for number in range(TURNS)]
    made = Made("measured", {}, {"survey.txt": _SHA})
    turns = []
    for number, question in enumerate(questions):
        answer = assistant.answer(question, number)
        turns.append(Turn(question, answer.sentences, None, answer, made=made))
    fresh = begin("Two hundred messages")
    whole = Conversation(fresh.id, fresh.name, fresh.created, fresh.updated, tuple(turns))
    Conversations(assistant.index.location / "conversations").save(whole)
    return whole
