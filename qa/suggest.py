"""Questions to begin with and to go on with, drawn from the documents at hand: their headings and
the names they keep coming back to, put into templates in the documents' own language. Only those
that the reader finds an answer to are suggested.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from llama_index.core.schema import Document

from index import Retriever
from qa.answer import Answer, Sentence
from qa.assistant import Assistant
from qa.read import read
from qa.records.conversations import folded
from sources import Span, headings, not_content

BEGIN = 4
"""How many questions to begin with are enough."""
GO_ON = 3
"""How many questions to go on with are enough."""
_TRIED = 16  # questions checked at most for each of these; a check takes up to a second
_PER_DOCUMENT = 6
_READ = 40_000  # characters of a document that are looked at
_HEADING = (6, 60)  # characters

# Two or more capitalised words, with the small ones that stand inside names.
_NAME = re.compile(
    r"\b[A-Z][\w’'-]+(?:\s(?:of|for|and|the|de|on)\s[A-Z][\w’'-]+|\s[A-Z][\w’'-]+)+|\b[A-Z]{3,}\b"
)
_ARTICLE = re.compile(r"^(?:The|A|An|In|At|On|For|This|That)\s")
_EMPTY = frozenset("what when where which whose from with that this they them into about".split())
_QUOTED = re.compile(r"[‘'“\"「『]([가-힣][가-힣\w\s·&-]{2,30})[’'”\"」』]")

_TEMPLATES = {
    "en": "What do the documents say about “{topic}”?",
    "ko": "‘{topic}’에 대해 문서는 무엇이라고 하나요?",
}

Check = Callable[[str], bool]


def questions(document: Document) -> list[str]:
    """Return questions to one document, in its own language, likeliest first."""
    text = _content(document)[:_READ]
    language = "ko" if document.metadata["language"] == "ko" else "en"
    named = [_TEMPLATES[language].format(topic=name) for name in _names(text, language)]
    title = folded(document.metadata["title"] or "")
    heads = [
        _TEMPLATES[language].format(topic=" ".join(h.text.split()))
        for h in headings(document)
        if _says_enough(h.text) and folded(h.text) != title
    ]
    return list(_in_turn([named, heads]))[:_PER_DOCUMENT]


def _says_enough(heading: str) -> bool:
    """Tell whether a heading names something on its own: "Four priority areas", not "Outlook"."""
    shortest, longest = _HEADING
    words = re.findall(r"[^\W\d_]+", heading)
    telling = [
        word
        for word in words
        if len(word) >= (4 if word.isascii() else 2) and word.lower() not in _EMPTY
    ]
    return shortest <= len(heading) <= longest and len(words) > 1 and len(telling) > 1


def _content(document: Document) -> str:
    """Return the text without boilerplate and headings."""
    spans = [*not_content(document), *(Span(h.start, h.end) for h in headings(document))]
    parts, at = [], 0
    for span in sorted(spans):
        parts.append(document.text[at : span.start])
        at = max(at, span.end)
    return " ".join([*parts, document.text[at:]])


def _names(text: str, language: str) -> list[str]:
    """Return the names that occur at least twice, most frequent first."""
    found = [_ARTICLE.sub("", " ".join(m.group().split())) for m in _NAME.finditer(text)]
    found = [name for name in found if " " in name or name.isupper()]
    if language == "ko":
        found += [" ".join(m.split()) for m in _QUOTED.findall(text)]
    counted = Counter(re.sub(r"(?:[’']s)$", "", name) for name in found)
    often = [name for name, count in counted.most_common(12) if count > 1]
    return [n for n in often if not any(n != other and n in other for other in often)]


def to_begin(documents: Iterable[Document], language: str) -> list[str]:
    """Return questions to try, the documents taking turns, those in `language` first."""
    own = [questions(document) for document in documents]
    mixed = list(dict.fromkeys(_in_turn(own)))
    return sorted(mixed, key=lambda q: language_of_question(q) != language)


def to_go_on(
    answer: Answer, document: Callable[[str], Document], asked: Sequence[str]
) -> list[str]:
    """Return questions that follow from an answer: about what else its sources speak of."""
    cited = [c.file for c in answer.citations] or [hit.path for hit in answer.passages[:3]]
    mixed = _in_turn([questions(document(path)) for path in dict.fromkeys(cited)])
    before = {folded(question) for question in asked}
    said = folded(answer.question + " " + answer.text)
    return [
        q for q in dict.fromkeys(mixed) if folded(q) not in before and folded(_topic(q)) not in said
    ]


def _topic(question: str) -> str:
    for template in _TEMPLATES.values():
        before, after = template.split("{topic}")
        if question.startswith(before) and question.endswith(after):
            return question[len(before) : len(question) - len(after)]
    return question


def language_of_question(question: str) -> str:
    """Return "ko" or "en", by the template a question was made with."""
    return "ko" if question.endswith("나요?") else "en"


def answerable(candidates: Iterable[str], check: Check, most: int) -> Iterator[str]:
    """Yield the first `most` candidates that `check` finds an answer to; 16 are tried."""
    found = 0
    for number, question in enumerate(candidates):
        if number == _TRIED or found == most:
            return
        if check(question):
            found += 1
            yield question


def checker(assistant: Any) -> Check:
    """Return what tells whether an assistant has an answer.

    Footnote's own only reads, in under a second; any other is asked up to its first sentence.
    """
    held = getattr(assistant, "assistant", assistant)  # what stands behind the line of questions
    if not isinstance(held, Assistant):
        return lambda question: _says_something(held, question)

    def reads(question: str) -> bool:
        settings = held.settings
        hits = Retriever(held.index).search(question, top_k=settings.top_k)
        found = read(held.reader, question, hits, most=settings.evidence_sentences)
        return bool(found.evidence) and found.answered >= settings.answered_at_least

    return reads


def _says_something(assistant: Any, question: str) -> bool:
    return any(isinstance(event, Sentence) for event in assistant.stream(question))


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in zip_longest(*lists):
        yield from (one for one in row if one is not None)


class Remembered:
    """Suggestions kept in a file for as long as the documents stay the same."""

    def __init__(self, path: Path, hashes: Iterable[str]) -> None:
        """Name the file, and the hashes of all documents."""
        self._path = path
        self._key = hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()

    def read(self) -> list[str] | None:
        """Return what was remembered of these very documents, or `None`."""
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
            return [str(q) for q in held["questions"]] if held["key"] == self._key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, found: Sequence[str]) -> None:
        """Remember them; a folder that cannot be written only costs the time to check again."""
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(
                json.dumps({"key": self._key, "questions": list(found)}, ensure_ascii=False),
                encoding="utf-8",
            )
            part.replace(self._path)
        except OSError:
            part.unlink(missing_ok=True)
