"""The language model as a LlamaIndex `LLM`: the local server or any OpenAI-compatible endpoint,
spoken to through the same client. Every failure of a model becomes one `ModelError` here.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
from llama_index.core.llms import LLM, ChatMessage
from llama_index.llms.openai_like import OpenAILike
from openai import OpenAIError

from index import weights
from qa.errors import ModelError
from qa.local_model import CONTEXT_TOKENS, LocalServer
from qa.settings import AnsweringSettings


class LanguageModel:
    """A language model that streams text at temperature 0, or says in one sentence why not."""

    def __init__(self, llm: LLM, *, name: str, server: LocalServer | None = None) -> None:
        """Wrap any LlamaIndex `LLM`."""
        self.llm = llm
        self.name = name
        self._server = server

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
            return cls(_client(settings.endpoint, settings.model, settings), name=settings.model)
        name, file = weights_of(settings, home=home, folder=folder)
        server = LocalServer(file)
        address = f"{server.address}/v1"
        return cls(_client(address, name, settings), name=name, server=server)

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Yield the reply in pieces as it is written.

        Raises:
            ModelError: the model cannot be reached, hangs, or sends what is no reply.
        """
        messages = [
            ChatMessage(role="system", content=system),
            ChatMessage(role="user", content=user),
        ]
        try:
            for piece in self.llm.stream_chat(messages):
                if piece.delta:
                    yield piece.delta
        except (OpenAIError, httpx.HTTPError) as error:
            raise ModelError(
                f"The language model {self.name!r} did not answer ({_short(error)}). Check that it "
                "is running and that FOOTNOTE_ENDPOINT, FOOTNOTE_MODEL and FOOTNOTE_KEY are right."
            ) from error
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
        """Stop the local server, if there is one."""
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
        http_client=httpx.Client(timeout=patience),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
