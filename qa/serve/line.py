"""The line of questions. Page, API, OpenAI protocol and MCP share one assistant; their questions
are answered in the order they came, and whoever waits is told how many come before; where too many
come, whoever was sent away is let in before whoever has just had an answer.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from index import Index
from qa.answer import Answer, Sentence, Stage
from qa.errors import CrowdedError, ModelError, UnreadyError
from qa.leaving import Gone
from qa.serve.fairness import Fairness
from qa.serve.metrics import Metrics, Way
from qa.settings import ServingSettings
from sources import FootnoteError

Event = Stage | Sentence | Answer
History = Sequence[tuple[str, str]]

_log = logging.getLogger(__name__)

BROKEN = "something broke while the models were loading; the log of the server says what."
LAST_WORDS = 2.0  # seconds for answers to end by quotation when the server ends
PULSE = 1.0  # seconds between two signs of life, at which an asker who left is noticed


class Answering(Protocol):
    """The part of `qa.assistant.Assistant` that is served."""

    @property
    def index(self) -> Index:
        """The documents it answers from."""

    @property
    def models(self) -> dict[str, str]:
        """Names of the models in use, by role."""

    def load(self) -> None:
        """Load the models."""

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Iterator[Event]:
        """Yield stages, verified sentences, and the whole answer last."""


@dataclass(eq=False)
class _Place:
    """A question in the line, with the seconds from its coming to what was said."""

    came: float = field(default_factory=time.monotonic)
    first: float | None = None
    total: float | None = None

    def note(self, event: Event) -> None:
        """Remember when the first sentence and the whole answer came."""
        seconds = time.monotonic() - self.came
        if isinstance(event, Sentence) and self.first is None:
            self.first = seconds
        if isinstance(event, Answer):
            self.total = seconds


class Line:
    """Lets questions through to an assistant, a few at once. Threads share it."""

    def __init__(
        self,
        assistant: Answering,
        settings: ServingSettings | None = None,
        *,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing is loaded before `begin`, which runs `prepare` first."""
        self.assistant = assistant
        self.settings = settings or ServingSettings()
        self.metrics = Metrics()
        self.ready: Future[Line] = Future()
        self.doubt: str | None = None
        self._prepare = prepare
        self._prepared = False
        self._places: list[_Place] = []
        self._moved = threading.Condition()
        self._fairness = Fairness()
        self._ending = False
        self._stopped = False
        self._watch()

    def _watch(self) -> None:
        show = self.metrics.watch
        show("questions_waiting", "Questions that wait for their turn", lambda: float(self.waiting))
        show("questions_running", "Questions being answered", lambda: float(self.running))
        show("ready", "1 where questions can be answered", lambda: float(self.is_ready))
        show("documents", "Documents in the index", lambda: float(len(self.index.documents())))

    @property
    def index(self) -> Index:
        """The documents that answers come from."""
        return self.assistant.index

    def begin(self, *, after: float = 0.0) -> None:
        """Begin to load the models, in a thread; `ready` tells when it is done.

        Args:
            after: seconds until it begins.
        """
        loading = threading.Timer(after, self._load)
        loading.name, loading.daemon = "footnote-load", True
        loading.start()

    def _load(self) -> None:
        if self._ending:
            return
        try:
            self._prepare()
            self._prepared = True
            try:
                self.assistant.load()
            except ModelError as error:
                if "reader" not in self.assistant.models:
                    raise
                self.doubt = str(error)  # answers are quotations until it can be mended
            self.ready.set_result(self)
        except BaseException as error:  # handed over: whoever asks for the result gets it
            if not (isinstance(error, FootnoteError) or self._ending):
                _log.exception("The models could not be loaded.")
            self.ready.set_exception(error)

    @property
    def loading(self) -> tuple[str, ...]:
        """What is not there yet: "documents", "reader", "language model"; empty once ready."""
        if self.ready.done():
            return ()
        if not self._prepared:
            return ("documents", "reader", "language model")
        language = ("language model",) if "language" in self.assistant.models else ()
        return language if "reader" in self.assistant.models else ("reader", *language)

    @property
    def is_ending(self) -> bool:
        """Whether nobody is let in any more."""
        return self._ending

    @property
    def is_ready(self) -> bool:
        """Whether a question that comes now will be answered."""
        return self.ready.done() and not self.ready.exception() and not self._ending

    def require_ready(self) -> None:
        """Do nothing if questions can be answered.

        Raises:
            UnreadyError: they cannot, with the reason.
        """
        if self._ending:
            raise UnreadyError("The server is ending; ask again when it has started anew.")
        if not self.ready.done():
            awaited = " and ".join(self.loading)
            raise UnreadyError(f"The server is still loading ({awaited}); ask again in a moment.")
        if error := self.ready.exception():
            said = str(error) if isinstance(error, FootnoteError) else BROKEN
            raise UnreadyError(f"The server cannot answer: {said}")

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return max(0, len(self._places) - self.settings.at_once)

    @property
    def running(self) -> int:
        """How many questions are being answered."""
        return min(len(self._places), self.settings.at_once)

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
        way: Way = "page",
        who: str = "",
    ) -> Iterator[Event]:
        """Yield what the assistant yields; before it, a stage every second of waiting.

        An iterator that is closed early leaves the line. `who` is the visitor
        (`qa/page/visitor.py`).

        Raises:
            CrowdedError: too many wait already.
            UnreadyError: the models could not be loaded, or the server is ending.
        """
        with self._place(way, who) as place:
            yield from self._until_ready()
            yield from self._until_first(place)
            for event in self.assistant.stream(
                question, history=history, language=language, paths=paths
            ):
                if self._stopped:
                    raise UnreadyError("The server is ending; ask again when it has started anew.")
                place.note(event)
                if isinstance(event, Answer):
                    self.metrics.answered(way, event.abstained, place.first, place.total)
                yield event

    @contextmanager
    def _place(self, way: Way, who: str) -> Iterator["_Place"]:
        place = _Place()
        with self._moved:
            if self._ending:
                self.require_ready()
            free = self.settings.at_once + self.settings.waiting - len(self._places)
            if not self._fairness.lets_in(who, free):
                self.metrics.count("turned_away", way)
                raise CrowdedError(
                    f"{self.waiting} questions wait already; ask again in a few seconds."
                )
            self._places.append(place)
        self.metrics.count("questions", way)
        try:
            yield place
        except BaseException as error:
            if place.total is None:  # else the answer was whole before its asker left
                gone = isinstance(error, GeneratorExit | Gone)
                self.metrics.count("abandoned" if gone else "failures", way)
            raise
        finally:
            with self._moved:
                self._places.remove(place)
                self._fairness.left(who)
                self._moved.notify_all()

    def _until_ready(self) -> Iterator[Stage]:
        while not self.ready.done():
            yield Stage("loading")
            with self._moved:
                self._moved.wait_for(self.ready.done, PULSE)
        self.require_ready()

    def _until_first(self, place: _Place) -> Iterator[Stage]:
        while ahead := self._ahead(place):
            yield Stage("waiting", ahead)
            with self._moved:
                self._moved.wait_for(partial(self._has_moved, place, ahead), PULSE)
            if self._ending:
                self.require_ready()

    def _ahead(self, place: _Place) -> int:
        at = self._places.index(place)
        return 0 if at < self.settings.at_once else at

    def _has_moved(self, place: _Place, ahead: int) -> bool:
        return self._ending or self._ahead(place) != ahead

    def end(self, patience: float | None = None) -> None:
        """Let nobody in any more, send those away who wait, and wait for those being answered."""
        limit = self.settings.patience if patience is None else patience
        with self._moved:
            self._ending = True
            self._moved.notify_all()
            self._wait(limit)
        if self._places and not self._stopped:
            hurry: Callable[[], None] | None = getattr(self.assistant, "hurry", None)
            if hurry:
                hurry()
        with self._moved:
            self._wait(LAST_WORDS)
            self._stopped = True

    def _wait(self, seconds: float) -> None:
        """Wait until nobody is answered any more; the lock is held."""
        until = time.monotonic() + seconds
        while self._places and not self._stopped and time.monotonic() < until:
            self._moved.wait(PULSE / 4)

    def hurry(self) -> None:
        """Wait no longer in `end`; answers in the making are broken off at their next step."""
        self._stopped = True  # no lock: a signal may come while this thread holds it
