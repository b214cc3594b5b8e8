"""One question on its way to an answer: each step of `qa/assistant.py`, with the time it took. It
knows the tools it is given, not how they are loaded.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from index import Hit, Index, Retriever
from index.embedding import embed_query
from qa.answer import Answer, Dropped, Seconds, Sentence, Stage
from qa.combine import PART_AT_LEAST, Part, combine, each_document
from qa.compose import Composer, Draft, clear, settle
from qa.disagree import ASKS_AGREEMENT
from qa.gloss import spellings
from qa.hop import hop
from qa.intent import SURE, instructs
from qa.language_model import LanguageModel
from qa.names import known
from qa.parts import ACROSS, parts
from qa.premise import wrong_premise
from qa.prompts import Language, says
from qa.question import History, Question, clean, intent_of, language_of, stand_alone
from qa.read import Evidence, Findings, read
from qa.reader import Reader
from qa.reckon import asked_about_time, reckon
from qa.settings import AnsweringSettings

Event = Stage | Sentence | Answer
PART_HITS = 6  # passages read for each part of a question


class Tools(Protocol):
    """What a turn works with; the assistant is one."""

    index: Index
    settings: AnsweringSettings

    @property
    def reader(self) -> Reader:
        """The reader, loaded."""

    @property
    def writer(self) -> LanguageModel | None:
        """The language model, or `None` when answering by quotation alone."""

    @property
    def models(self) -> dict[str, str]:
        """Names of the models in use, by role."""


class Turn:
    """One question on its way to an answer."""

    def __init__(self, assistant: Tools, asked: str, language: str | None) -> None:
        """Clean and classify the question; raises `QuestionError`."""
        self.began = time.monotonic()
        self.assistant = assistant
        text = clean(asked, longest=assistant.settings.question_characters)
        answer_in: Language = "ko" if (language or language_of(text)) == "ko" else "en"
        self.question = Question(asked, text, text, answer_in, intent_of(text))
        self.hits: list[Hit] = []
        self.dropped: list[Dropped] = []
        self.retrieved = 0.0
        self.quoted: float | None = None
        self.first: float | None = None

    def retrieve(self, history: History, paths: Sequence[str] | None) -> None:
        """Make the question stand alone and find passages for it."""
        began = time.monotonic()
        text, reading = stand_alone(self.question.text, history, self.assistant.writer)
        self.question = replace(self.question, text=text, reading=reading)
        retriever = Retriever(self.assistant.index)
        top_k = self.assistant.settings.top_k
        self.hits = retriever.search(text, top_k=top_k, paths=paths)
        self.retrieved = time.monotonic() - began

    @property
    def commands(self) -> bool:
        """Whether the question, standing alone, commands the assistant instead of asking."""
        return instructs(embed_query(self.assistant.index.embedding, self.question.text)) >= SURE

    def reckon(self, paths: Sequence[str] | None) -> list[Event]:
        """Return the answer to a question of durations or order, or nothing where it is none."""
        asked = asked_about_time(self.question.reading)
        if asked is None:
            return []
        retriever, settings = Retriever(self.assistant.index), self.assistant.settings

        def look_up(question: str) -> list[Evidence]:
            hits = retriever.search(question, top_k=settings.top_k, paths=paths)
            found = read(self.assistant.reader, question, hits, most=3)
            return list(found.evidence) if found.answered >= settings.dated_at_least else []

        sentence = reckon(asked, self.question.language, look_up)
        if sentence is None:
            return []
        self.first = self._since()
        return [sentence, self._answer((sentence,), None)]

    def read(self, paths: Sequence[str] | None) -> Findings:
        """Read the passages; for a question in parts, also what is found for each part."""
        reader, most = self.assistant.reader, self.assistant.settings.evidence_sentences
        asked = self.question.reading
        compares = ASKS_AGREEMENT.search(asked) is not None
        wide = bool(compares or ACROSS.search(asked))
        seen = 2 * most if wide else most
        whole = read(reader, asked, self.hits, most=seen, asked=self.question.asked)
        if wide and not compares:
            return each_document(whole, most=most)
        joined = combine(whole, list(self._parts(whole, paths)), self._opening, most=most)
        if compares and len(joined.needed) < 2:
            return each_document(whole, most=most)
        return joined

    def _parts(self, whole: Findings, paths: Sequence[str] | None) -> Iterator[Part]:
        """Yield what is found for each part of the question; where it has none and is not clearly
        answered, for what it describes and then for what it asks about that.
        """
        for text in (several := parts(self.question.reading, self.assistant.writer)):
            yield self._part(text, paths)
        two = None if several or whole.is_clear else hop(self.question.reading)
        if two is None:
            return
        first = replace(self._part(two.first, paths), beside=False)
        best = first.findings.evidence[:1]
        then = two.then(best[0].answer) if best else None
        if not then or first.findings.answered < PART_AT_LEAST:
            return
        second = replace(self._part(then, paths), beside=False)
        if second.findings.answered >= PART_AT_LEAST:
            yield from (first, second)

    def _part(self, text: str, paths: Sequence[str] | None) -> Part:
        hits = Retriever(self.assistant.index).search(text, top_k=PART_HITS, paths=paths)
        self.hits += [hit for hit in hits if hit.id not in {h.id for h in self.hits}]
        return Part(text, read(self.assistant.reader, text, hits, most=3))

    def _opening(self, path: str) -> str:
        """Return the first sentence of a document, which tells what it is about."""
        first = self.assistant.index.passages(path)[0]
        return self.assistant.index.document(path).text[slice(*first.metadata["sentences"][0])]

    def corrected(self, findings: Findings) -> list[Event]:
        """Return what the documents say instead, where a question takes something for granted that
        they never mention or that they correct.
        """
        text = " ".join(f"{h.title} {h.heading} {h.text}" for h in self.hits)
        wrong = wrong_premise(
            self.question.reading, findings, text, self.assistant.settings, self._mentioned
        )
        if wrong is None:
            return []
        names = ", ".join(f"“{name}”" for name in wrong.absent)
        if wrong.told is None:
            return [self.abstain(says("unheard", self.question.language, names=names))]
        what = "premise" if wrong.absent else "otherwise"
        quote = " ".join(wrong.told.text.split())
        said = says(what, self.question.language, names=names, quote=quote)
        self.first = self._since()
        sentence = Sentence(said, "supported", (wrong.told.citation,))
        return [sentence, self._answer((sentence,), None)]

    def _mentioned(self, name: str) -> bool:
        """Tell whether a passage that is found for a name holds it."""
        hits = Retriever(self.assistant.index).search(name, top_k=PART_HITS)
        return any(known(name, hit.text) for hit in hits)

    def compose(self, findings: Findings) -> Iterator[Event]:
        """Yield a quotation that clearly answers, the verified sentences, then the answer."""
        writer = self.assistant.writer
        composer = Composer(self.assistant.reader, writer, self.assistant.settings)
        written = " ".join(hit.text for hit in self.hits)
        draft = Draft(self.question, findings, spellings(written))
        settled = settle(draft)
        found = clear(findings) if writer and not settled else None
        self.quoted = self._since() if found else None
        yield Stage("writing", found=found)
        shown: list[Sentence] = []
        for sentence in [settled] if settled else composer.compose(draft):
            self.first = self.first or self._since()
            shown.append(sentence)
            yield sentence
        self.dropped += draft.dropped
        if shown:
            yield self._answer(tuple(shown), self._left_open(findings))
        else:
            yield self.abstain(self.nothing_found())

    def _left_open(self, findings: Findings) -> str | None:
        """Say which parts of the question nothing answers, if any."""
        parts = ", ".join(f"“{part}”" for part in findings.left)
        return says("left", self.question.language, parts=parts) if parts else None

    def abstain(self, reason: str) -> Answer:
        """Return an abstention with its reason and the nearest passages."""
        return self._answer((), reason)

    def nothing_found(self) -> str:
        """Say what was looked for and where."""
        count = len(self.assistant.index.documents())
        language = self.question.language
        documents = says("document" if count == 1 else "documents", language, count=count)
        return says("nothing", language, question=self.question.asked.strip(), documents=documents)

    def _answer(self, sentences: tuple[Sentence, ...], reason: str | None) -> Answer:
        return Answer(
            question=self.question.asked,
            language=self.question.language,
            sentences=sentences,
            abstained=not sentences,
            reason=reason,
            passages=tuple(self.hits),
            models=self.assistant.models,
            seconds=Seconds(
                self.retrieved,
                self.first if sentences else None,
                self._since(),
                (self.quoted or self.first) if sentences else None,
            ),
            dropped=tuple(self.dropped),
        )

    def _since(self) -> float:
        """Return the seconds since the question came."""
        return time.monotonic() - self.began
