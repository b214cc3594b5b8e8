"""The language model as a LlamaIndex `LLM`: the local server or any OpenAI-compatible endpoint,
spoken to through the same client. Every failure of a model becomes one `ModelError` here.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import httpx
from llama_index.core.llms import LLM, ChatMessage
from llama_index.llms.openai_like import OpenAILike
from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError

from index import weights
from qa.connection import cuttable
from qa.errors import ModelError
from qa.leaving import stay
from qa.local_model import CONTEXT_TOKENS, LocalServer
from qa.pump import PULSE, Left, TooSlow, pump
from qa.settings import AnsweringSettings

ATTEMPTS = 3  # times that an endpoint is asked which says that it has too much to do
LONGEST_WAIT = 10.0  # seconds; whoever tells us to come back later is not waited for
LETTERS_OF_TOKEN = 24  # characters; no tokenizer's tokens are longer on the average
RESTS = 60.0  # seconds before a local model that did not start is started again
_ENDS = (".", "!", "?", "。", "…", '"', "”", "’", "'", ")", "]", "*", ":")


class LanguageModel:
    """A language model that streams text at temperature 0, or says in one sentence why not.

    A local model that has died, or hangs, is started again for the next question.
    """

    def __init__(
        self,
        llm: LLM,
        *,
        name: str,
        settings: AnsweringSettings | None = None,
        server: LocalServer | None = None,
        start: Callable[[], LocalServer] | None = None,
    ) -> None:
        """Wrap any LlamaIndex `LLM`; `start` starts the local server anew."""
        self.llm = llm
        self.name = name
        self._settings = settings or AnsweringSettings()
        self._server = server
        self._start = start
        self._waking = threading.Lock()
        self._closed = threading.Event()
        self._rests_until = 0.0

    @classmethod
    def open(
        cls, settings: AnsweringSettings, *, home: Path, folder: Path | None = None
    ) -> "LanguageModel":
        """Start the local model, or point at the endpoint (which is not contacted yet).

        Args:
            settings: name the model, and the endpoint if there is one.
            home: where weights are kept.
            folder: a folder that already holds weights, asked before the network.

        Raises:
            ModelError: the local model cannot be started.
            WeightsError: there is no such model, or its weights cannot be fetched.
        """
        if settings.endpoint:
            client = _client(settings.endpoint, settings.model, settings)
            return cls(client, name=settings.model, settings=settings)
        name, file = weights_of(settings, home=home, folder=folder)
        start = partial(LocalServer, file)
        server = start()
        client = _client(f"{server.address}/v1", name, settings)
        return cls(client, name=name, settings=settings, server=server, start=start)

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Yield the reply in pieces as it is written.

        Raises:
            ModelError: the model cannot be reached, hangs, breaks off, writes nothing or without
                end, or sends what is no reply.
            Gone: whoever asked has left (`qa/leaving.py`).
        """
        messages = [
            ChatMessage(role="system", content=system),
            ChatMessage(role="user", content=user),
        ]
        try:
            yield from self._checked(self._spoken(messages))
        except (TooSlow, OpenAIError, httpx.HTTPError) as error:
            self._drop(error)
            raise ModelError(
                f"The language model {self.name!r} did not answer ({_short(error)}). {self._advice}"
            ) from error
        except Left as error:
            raise ModelError(f"The language model {self.name!r} was stopped; ask again.") from error
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ModelError(
                f"The language model {self.name!r} sent something that is no reply "
                f"({_short(error)}). Check that FOOTNOTE_ENDPOINT is the base URL of an "
                "OpenAI-compatible server."
            ) from error

    def write(self, system: str, user: str) -> str:
        """Return the whole reply; errors as in `stream`."""
        return "".join(self.stream(system, user)).strip()

    def close(self) -> None:
        """Stop the local server, if there is one; whoever waits for the model is told."""
        self._closed.set()
        with self._waking:
            if self._server:
                self._server.close()
                self._server = None

    @property
    def _advice(self) -> str:
        if self._start:
            return "It is started again for the next question; if that repeats, free some memory."
        return (
            "Check that it is running and that FOOTNOTE_ENDPOINT, FOOTNOTE_MODEL and FOOTNOTE_KEY "
            "are right."
        )

    def _spoken(self, messages: list[ChatMessage]) -> Iterator[str]:
        """Yield the reply; a local model that died before it said a word is started again at once."""
        began = False
        try:
            for piece in self._patiently(self._wake(), messages):
                began = True
                yield piece
            return
        except APITimeoutError:
            raise
        except APIConnectionError as error:
            if began or not self._start:
                raise
            self._drop(error)
        yield from self._patiently(self._wake(), messages)

    def _patiently(self, llm: LLM, messages: list[ChatMessage]) -> Iterator[str]:
        """Yield the reply; where there is too much to do, come back when the server says."""
        for attempt in range(ATTEMPTS):
            began = False
            try:
                for piece in pump(
                    partial(_pieces, llm, messages),
                    stall=self._settings.patience,
                    whole=self._settings.longest,
                    left=self._closed,
                ):
                    began = True
                    yield piece
                return
            except APIStatusError as error:
                seconds = _retry_after(error)
                if began or seconds is None or attempt + 1 == ATTEMPTS:
                    raise
                self._rest(seconds)

    def _rest(self, seconds: float) -> None:
        """Wait, but for nobody; raises `Left` and `Gone`."""
        until = time.monotonic() + seconds
        while (more := until - time.monotonic()) > 0:
            stay()
            if self._closed.wait(min(PULSE, more)):
                raise Left

    def _checked(self, pieces: Iterator[str]) -> Iterator[str]:
        """Yield pieces as long as they are a reply: some text, and an end to it."""
        most = self._settings.answer_tokens * LETTERS_OF_TOKEN
        written = 0
        for piece in pieces:
            written += len(piece)
            if written > most:
                raise TooSlow(f"it wrote {written:,} characters and no end")
            yield piece
        if not written:
            raise ValueError("an empty reply")

    def _wake(self) -> LLM:
        """Return the client; a local server that has ended is started again before."""
        with self._waking:
            if self._closed.is_set():
                raise Left
            if self._start and not (self._server and self._server.is_running):
                if time.monotonic() < self._rests_until:
                    raise ModelError(
                        f"The language model {self.name!r} could not be started again; free some "
                        "memory, then ask again in a minute."
                    )
                if self._server:
                    self._server.close()
                self._server = None
                self._rests_until = time.monotonic() + RESTS
                self._server = self._start()
                self._rests_until = 0.0
                self.llm = _client(f"{self._server.address}/v1", self.name, self._settings)
            return self.llm

    def _drop(self, error: Exception) -> None:
        """End a local server that hangs, so that the next question finds another."""
        if self._start and not isinstance(error, APIStatusError):
            with self._waking:
                if self._server:
                    self._server.close()
                    self._server = None


def weights_of(
    settings: AnsweringSettings, *, home: Path, folder: Path | None = None
) -> tuple[str, Path]:
    """Return the local model's name and file, fetched and verified where it is missing.

    Raises:
        ModelError: the settings name a model that does not write.
        WeightsError: there is no such model, or its weights cannot be fetched.
    """
    model = weights.resolve(settings.model)
    if model.role == "embedding":
        raise ModelError(
            f"{model.name!r} does not write text. Name a language model in FOOTNOTE_MODEL, or set "
            "FOOTNOTE_ENDPOINT to a server that has one."
        )
    return model.name, weights.ensure(model, home=home, folder=folder)


def _client(address: str, model: str, settings: AnsweringSettings) -> OpenAILike:
    patience = httpx.Timeout(settings.patience, connect=10.0)
    return OpenAILike(
        model=model,
        api_base=address,
        api_key=settings.key,
        is_chat_model=True,
        context_window=CONTEXT_TOKENS,
        max_tokens=settings.answer_tokens,
        temperature=0.0,
        timeout=settings.patience,
        max_retries=0,
        http_client=cuttable(patience),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def _pieces(llm: LLM, messages: list[ChatMessage]) -> Iterator[str]:
    """Yield the pieces of a reply.

    Raises:
        ValueError: it breaks off, without a reason to stop and in the middle of a sentence.
    """
    text, ended = "", False
    for piece in llm.stream_chat(messages):
        choices = getattr(piece.raw, "choices", None) or []
        ended = ended or any(getattr(choice, "finish_reason", None) for choice in choices)
        if piece.delta:
            text += piece.delta
            yield piece.delta
    if text and not ended and not text.rstrip().endswith(_ENDS):
        raise ValueError("a reply that breaks off in the middle of a sentence")


def _retry_after(error: APIStatusError) -> float | None:
    """Return the seconds after which a server that has too much to do wants to be asked again.

    `None` where it does not say that, or it is longer than anybody waits for an answer.
    """
    if error.status_code not in (429, 503):
        return None
    told = error.response.headers.get("retry-after", "1").strip()
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            seconds = 1.0
    return max(0.0, seconds) if seconds <= LONGEST_WAIT else None
