"""Questions to begin with and to go on with, in the language of whoever is to ask them. The language
model words what a sentence of a document answers; without one, the names that a document comes
back to and its headings are put into a template. Only those the reader finds an answer to are
suggested.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llama_index.core.schema import Document

from index import Retriever
from qa.answer import Answer, Citation, Sentence
from qa.assistant import Assistant
from qa.errors import ModelError
from qa.prompts import LANGUAGE_NAMES, SUGGEST_SYSTEM, SUGGEST_USER, Language
from qa.question import language_of
from qa.read import read
from qa.records.conversations import folded
from qa.topics import in_turn, telling, topics

BEGIN = 4
"""How many questions to begin with are enough."""
GO_ON = 3
"""How many questions to go on with are enough."""
_TRIED = 16  # questions checked at most for each of these; a check takes up to a second
_SENTENCES = 3  # of a document, that the language model is given
_QUESTION = (10, 120)  # characters of a question that is read at a glance

# A question that leans on something its asker does not see.
_VAGUE = re.compile(
    r"\b(this|these|sentence|passage|document|text|article|author|mentioned|it|they|he|she)\b"
    r"|이 문장|이 문서|이 글|다음 중|위의|이것|그것|해당",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")

_TEMPLATES: dict[Language, str] = {
    "en": "What do the documents say about “{topic}”?",
    "ko": "‘{topic}’에 대해 문서는 무엇이라고 하나요?",
}

Write = Callable[[str, str], str]
"""Takes a system and a user prompt and returns what a language model writes; "" to give up."""


@dataclass(frozen=True)
class Idea:
    """A question that may be suggested, and the sentence it was made of, if it was."""

    question: str
    source: Citation | None = None


Check = Callable[[Idea], bool]


def to_begin(
    documents: Iterable[Document], language: Language, write: Write | None = None
) -> Iterator[Idea]:
    """Yield questions to try, the documents taking turns, those in `language` first."""
    ordered = sorted(documents, key=lambda d: d.metadata["language"] != language)
    if write:
        rows = [telling(document)[:_SENTENCES] for document in ordered]
        yield from _worded(list(in_turn(rows)), language, write)
    mixed = in_turn([questions(document, language) for document in ordered])
    yield from (Idea(question) for question in dict.fromkeys(mixed))


def to_go_on(
    answer: Answer,
    document: Callable[[str], Document],
    asked: Sequence[str],
    write: Write | None = None,
) -> Iterator[Idea]:
    """Yield questions that follow from an answer: about what else its sources say."""
    language: Language = "ko" if answer.language == "ko" else "en"
    cited = [c.file for c in answer.citations] or [hit.path for hit in answer.passages[:3]]
    held = [document(path) for path in dict.fromkeys(cited)]
    before = {folded(question) for question in asked}
    said = folded(answer.question + " " + answer.text)
    if write:
        rows = [_beyond(telling(one), answer)[:_SENTENCES] for one in held]
        for idea in _worded(list(in_turn(rows)), language, write):
            if folded(idea.question) not in before:
                yield idea
    for question in dict.fromkeys(in_turn([questions(one, language) for one in held])):
        if folded(question) not in before and folded(_topic(question)) not in said:
            yield Idea(question)


def answerable(candidates: Iterable[Idea], check: Check, most: int) -> Iterator[str]:
    """Yield the first `most` candidates that `check` finds an answer to; 16 are tried."""
    found: set[str] = set()
    for number, idea in enumerate(candidates):
        if number == _TRIED or len(found) == most:
            return
        if idea.question not in found and check(idea):
            found.add(idea.question)
            yield idea.question


def checker(assistant: Any) -> Check:
    """Return what tells whether an assistant has an answer.

    Footnote's own only reads, in under a second, and must find the very sentence that a question
    was made of; any other is asked up to its first sentence.
    """
    held = _own(assistant)
    if held is None:
        return lambda idea: _says_something(assistant, idea.question)

    def reads(idea: Idea) -> bool:
        settings = held.settings
        hits = Retriever(held.index).search(idea.question, top_k=settings.top_k)
        found = read(held.reader, idea.question, hits, most=settings.evidence_sentences)
        if found.answered < settings.answered_at_least or not found.evidence:
            return False
        at = idea.source
        return at is None or any(
            e.path == at.file and e.start < at.end and at.start < e.end for e in found.evidence
        )

    return reads


def writer(assistant: Any, go_on: Callable[[], bool] = lambda: True) -> Write | None:
    """Return what writes with Footnote's own language model while `go_on`; `None` without one."""
    held = _own(assistant)
    model = held.writer if held else None
    if model is None:
        return None

    def write(system: str, user: str) -> str:
        said = ""
        try:
            for piece in model.stream(system, user):
                said += piece
                if not go_on():
                    return ""
                if "\n" in said.strip():
                    break
        except ModelError:
            return ""  # whoever asks a question will be told
        return said.strip()

    return write


def _own(assistant: Any) -> Assistant | None:
    held = getattr(assistant, "assistant", assistant)  # what stands behind the line of questions
    return held if isinstance(held, Assistant) else None


def _says_something(assistant: Any, question: str) -> bool:
    return any(isinstance(event, Sentence) for event in assistant.stream(question))


# ---- what a sentence answers


def _worded(sentences: Sequence[Citation], language: Language, write: Write) -> Iterator[Idea]:
    for sentence in sentences:
        text = " ".join(sentence.quote.split())
        asked = SUGGEST_USER.format(
            title=sentence.title or "", sentence=text, language=LANGUAGE_NAMES[language]
        )
        question = write(SUGGEST_SYSTEM, asked).split("\n")[0].strip(" \"'“”")
        if fit(question, f"{sentence.title} {text}", language):
            yield Idea(question, sentence)


def fit(question: str, source: str, language: Language) -> bool:
    """Tell whether a model's question is one, in the right language, that stands alone and holds no
    number that its source does not.
    """
    shortest, longest = _QUESTION
    return (
        question.endswith(("?", "？"))
        and shortest <= len(question) <= longest
        and language_of(question) == language
        and not _VAGUE.search(question)
        and set(_NUMBER.findall(question)) <= set(_NUMBER.findall(source))
    )


def _beyond(sentences: Sequence[Citation], answer: Answer) -> list[Citation]:
    """Return the sentences that an answer did not quote, those after its last quotation first."""
    quoted = [(c.file, c.start, c.end) for c in answer.citations]
    rest = [
        s for s in sentences
        if not any(f == s.file and a < s.end and s.start < b for f, a, b in quoted)
    ]  # fmt: skip
    last = max((end for _, _, end in quoted), default=0)
    return sorted(rest, key=lambda s: s.start < last)


# ---- what a document names, in a template


def questions(document: Document, language: Language) -> list[str]:
    """Return questions about what one document names, likeliest first."""
    return [_TEMPLATES[language].format(topic=topic) for topic in topics(document)]


def _topic(question: str) -> str:
    for template in _TEMPLATES.values():
        before, after = template.split("{topic}")
        if question.startswith(before) and question.endswith(after):
            return question[len(before) : len(question) - len(after)]
    return question
