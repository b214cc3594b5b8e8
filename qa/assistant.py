"""The assistant: understand, retrieve, read, write, ground. It is a LlamaIndex query engine, and
its `stream` yields every sentence once it is verified. It knows neither page nor command line.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.query_engine import BaseQueryEngine
from llama_index.core.schema import QueryBundle

from index import Hit, Index, IndexSettings, Retriever
from qa.answer import Answer, Citation, Dropped, Seconds, Sentence, Stage
from qa.compose import Composer, Draft
from qa.errors import ModelError
from qa.language_model import LanguageModel, weights_of
from qa.premise import foreign_premises
from qa.prompts import Language, says
from qa.question import History, Question, clean, intent_of, language_of, stand_alone
from qa.read import Evidence, Findings, read
from qa.reader import Reader
from qa.reckon import asked_about_time, reckon
from qa.settings import AnsweringSettings

Event = Stage | Sentence | Answer


class Assistant(BaseQueryEngine):
    """Answers questions about one folder of documents. Threads may share it."""

    def __init__(
        self, index: Index, settings: AnsweringSettings, *, model: LanguageModel | None = None
    ) -> None:
        """Use `Assistant.open`; `model` replaces the one the settings name."""
        super().__init__(CallbackManager([]))
        self.index = index
        self.settings = settings
        self._model = model
        self._reader: Reader | None = None
        self._loading = threading.Lock()
        self._note: str | None = None

    @classmethod
    def open(
        cls,
        sources: Path,
        *,
        settings: AnsweringSettings | None = None,
        index_settings: IndexSettings | None = None,
    ) -> "Assistant":
        """Open the assistant on a folder; models load when first needed, or by `load`."""
        chosen = settings or AnsweringSettings.from_environment()
        return cls(Index.open(sources, index_settings), chosen)

    def __enter__(self) -> "Assistant":
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Stop the local model and close the index."""
        if self._model:
            self._model.close()
            self._model = None
        self.index.close()

    def load(self) -> None:
        """Load reader and language model now, so that the first question need not wait.

        Raises:
            ModelError: a model cannot be used.
            WeightsError: weights are missing and cannot be fetched.
        """
        with self._loading:
            if self._reader is None:
                embedding: Any = self.index.embedding
                self._reader = Reader.load(embedding.transformer(), embedding.tokenizer())
            if self._model is None and not self.settings.extractive:
                places = self.index.settings
                self._model = LanguageModel.open(
                    self.settings, home=places.home, folder=places.weights
                )

    def fetch(self) -> None:
        """Fetch and verify the language model's weights where they are missing, with progress.

        Raises:
            ModelError: the settings name a model that does not write.
            WeightsError: there is no such model, or its weights cannot be fetched.
        """
        places = self.index.settings
        if not (self.settings.extractive or self.settings.endpoint):
            weights_of(self.settings, home=places.home, folder=places.weights)

    @property
    def models(self) -> dict[str, str]:
        """Names of the models in use, by role."""
        names = {"embedding": self.index.embedding.model_name}
        if self._reader:
            names["reader"] = self._reader.name
        if not self.settings.extractive:
            names["language"] = self._model.name if self._model else self.settings.model
        return names

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to `question`; arguments and errors as in `stream`."""
        *_, last = self.stream(question, history=history, language=language, paths=paths)
        assert isinstance(last, Answer)
        return last

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Iterator[Event]:
        """Yield stages, each sentence once it is verified, and the whole answer last.

        Args:
            question: what the user typed.
            history: earlier `(question, answer)` pairs of the conversation, oldest first.
            language: "en" or "ko" to answer in; the question's own where `None`.
            paths: search only these documents.

        Raises:
            QuestionError: the question cannot be used.
            IndexingError: the folder is not indexed.
            WeightsError: weights are missing and cannot be fetched.
        """
        turn = Turn(self, question, language)
        if turn.question.intent != "question":
            yield turn.abstain(says(turn.question.intent, turn.question.language))
            return
        if self._reader is None or (self._model is None and not self.settings.extractive):
            yield Stage("loading")
            self._load_what_works(turn)
        yield Stage("retrieving")
        turn.retrieve(history, paths)
        if not turn.hits:
            yield turn.abstain(says("empty", turn.question.language))
            return
        yield Stage("reading")
        reckoned = turn.reckon(paths)
        if reckoned:
            yield from reckoned
            return
        findings = turn.read()
        if findings.answered < self.settings.answered_at_least:
            yield from turn.corrected(findings) or [turn.abstain(turn.nothing_found())]
            return
        yield Stage("writing")
        yield from turn.compose(findings)

    def _load_what_works(self, turn: "Turn") -> None:
        try:
            self.load()
        except ModelError as error:
            if self._reader is None:
                raise
            turn.dropped.append(Dropped("", f"answered by quotation alone: {error}"))

    @property
    def reader(self) -> Reader:
        """The reader; loads it where it is not loaded yet."""
        if self._reader is None:
            self.load()
        assert self._reader is not None
        return self._reader

    @property
    def writer(self) -> LanguageModel | None:
        """The language model, or `None` when answering by quotation alone."""
        return None if self.settings.extractive else self._model

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self.ask(query_bundle.query_str)
        nodes = Retriever(self.index, top_k=self.settings.top_k).retrieve(query_bundle)
        return Response(response=answer.text, source_nodes=nodes, metadata=answer.as_json())

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


class Turn:
    """One question on its way to an answer."""

    def __init__(self, assistant: Assistant, asked: str, language: str | None) -> None:
        """Clean and classify the question; raises `QuestionError`."""
        self.began = time.monotonic()
        self.assistant = assistant
        text = clean(asked, longest=assistant.settings.question_characters)
        answer_in: Language = "ko" if (language or language_of(text)) == "ko" else "en"
        self.question = Question(asked, text, text, answer_in, intent_of(text))
        self.hits: list[Hit] = []
        self.dropped: list[Dropped] = []
        self.retrieved = 0.0
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
        self.first = time.monotonic() - self.began
        return [sentence, self._answer((sentence,), None)]

    def read(self) -> Findings:
        """Read the passages."""
        most = self.assistant.settings.evidence_sentences
        return read(self.assistant.reader, self.question.reading, self.hits, most=most)

    def corrected(self, findings: Findings) -> list[Event]:
        """Return what the documents say where a "why" presupposes what they never mention."""
        question, text = (
            self.question,
            " ".join(f"{h.title} {h.heading} {h.text}" for h in self.hits),
        )
        absent = foreign_premises(question.reading, text)
        if not absent or not findings.evidence:
            return []
        named = ", ".join(f"“{name}”" for name in absent)
        quote = " ".join(findings.evidence[0].text.split())
        said = says("premise", question.language, names=named, quote=quote)
        self.first = time.monotonic() - self.began
        sentence = Sentence(said, "supported", (findings.evidence[0].citation,))
        return [sentence, self._answer((sentence,), None)]

    def compose(self, findings: Findings) -> Iterator[Event]:
        """Yield the verified sentences, then the answer."""
        composer = Composer(self.assistant.reader, self.assistant.writer, self.assistant.settings)
        draft = Draft(self.question, findings)
        shown: list[Sentence] = []
        for sentence in composer.compose(draft):
            self.first = self.first or time.monotonic() - self.began
            shown.append(sentence)
            yield sentence
        self.dropped += draft.dropped
        yield self._answer(tuple(shown), None) if shown else self.abstain(self.nothing_found())

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
            seconds=Seconds(self.retrieved, self.first, time.monotonic() - self.began),
            dropped=tuple(self.dropped),
        )


def exact(citation: Citation, index: Index) -> bool:
    """Tell whether a citation holds: the document's text at its span is its quote."""
    return index.document(citation.file).text[citation.start : citation.end] == citation.quote
