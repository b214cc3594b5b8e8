"""The assistant: understand, retrieve, read, write, ground. It is a LlamaIndex query engine, and
its `stream` yields every sentence once it is verified. It knows neither page nor command line.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.query_engine import BaseQueryEngine
from llama_index.core.schema import QueryBundle

from index import Index, IndexSettings, Retriever, WeightsError, weights
from qa.answer import Answer, Citation, Dropped, Stage
from qa.errors import ModelError
from qa.language_model import LanguageModel, weights_of
from qa.prompts import says
from qa.question import History
from qa.reader import Reader
from qa.remembered import Asked, Remembered, again
from qa.settings import AnsweringSettings
from qa.turn import Event, Turn
from sources import FootnoteError


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
        self._opening: Future[LanguageModel] | None = None
        self._reader: Reader | None = None
        self._loading = threading.Lock()
        self._remembered = Remembered()
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
        if self._opening:
            with suppress(FootnoteError):
                self._model = self._opening.result()
            self._opening = None
        if self._model:
            self._model.close()
            self._model = None
        self.index.close()

    def hurry(self) -> None:
        """Write no more: answers in the making end by quotation."""
        if self._model:
            self._model.close()

    def load(self) -> None:
        """Load reader and language model now, so that the first question need not wait.

        Raises:
            ModelError: a model cannot be used.
            WeightsError: weights are missing and cannot be fetched.
        """
        with self._loading:
            opening, self._opening = self._opening or self._open_beside(), None
            try:
                if self._reader is None:
                    embedding: Any = self.index.embedding
                    self._reader = Reader.load(embedding.transformer(), embedding.tokenizer())
            finally:
                self._model = opening.result() if opening else self._model

    def begin(self) -> None:
        """Begin to load the language model in a thread, which `load` waits for; nothing where its
        weights have yet to be fetched.
        """
        with self._loading:
            if self._opening is None and self._is_here:
                self._opening = self._open_beside()

    @property
    def _is_here(self) -> bool:
        """Whether nothing need be fetched for the language model."""
        if self.settings.endpoint:
            return True
        try:
            model = weights.resolve(self.settings.model)
        except WeightsError:
            return False  # `load` says so
        return weights.is_present(model, self.index.settings.home)

    def _open_beside(self) -> "Future[LanguageModel] | None":
        """Open the language model in a thread; `None` where there is none to open."""
        if self._model is not None or self.settings.extractive:
            return None
        places = self.index.settings
        open_it = partial(
            LanguageModel.open, self.settings, home=places.home, folder=places.weights
        )
        beside = ThreadPoolExecutor(1, "footnote-open")
        opening = beside.submit(open_it)
        beside.shutdown(wait=False)
        return opening

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
        asked = self._asked(question, history, language, paths)
        known = self._remembered.find(asked) if asked else None
        if known:
            yield from again(known, turn.began)
            return
        for event in self._answer(turn, history, paths):
            if isinstance(event, Answer):
                after = self._asked(question, history, language, paths)
                if after and after == asked:  # else the index changed while it was made
                    self._remembered.keep(after, event)
            yield event

    def _asked(
        self,
        question: str,
        history: History,
        language: str | None,
        paths: Sequence[str] | None,
    ) -> Asked | None:
        """Return what an answer is remembered by, or `None` while there is nothing to ask."""
        try:
            state = self.index.state()
        except FootnoteError:
            return None
        turns = tuple((asked, answered) for asked, answered in history)
        chosen = None if paths is None else tuple(paths)
        return Asked(question, turns, language, chosen, state, self.models, self.settings)

    def _answer(self, turn: Turn, history: History, paths: Sequence[str] | None) -> Iterator[Event]:
        if turn.question.intent != "question":
            yield turn.abstain(says(turn.question.intent, turn.question.language))
            return
        if self._reader is None or (self._model is None and not self.settings.extractive):
            yield Stage("loading")
            self._load_what_works(turn)
        yield Stage("retrieving")
        turn.retrieve(history, paths)
        if turn.commands:
            yield turn.abstain(says("instruction", turn.question.language))
            return
        if not turn.hits:
            yield turn.abstain(says("empty", turn.question.language))
            return
        yield Stage("reading")
        reckoned = turn.reckon(paths)
        if reckoned:
            yield from reckoned
            return
        findings = turn.read(paths)
        if corrected := turn.corrected(findings):
            yield from corrected
            return
        if findings.answered < self.settings.answered_at_least:
            yield turn.abstain(turn.nothing_found())
            return
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


def exact(citation: Citation, index: Index) -> bool:
    """Tell whether a citation holds: the document's text at its span is its quote."""
    return index.document(citation.file).text[citation.start : citation.end] == citation.quote
