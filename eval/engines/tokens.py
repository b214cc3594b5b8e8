"""Counts the tokens a language model reads and writes, the same way for every engine: LlamaIndex's
counting callback with the embedding model's tokenizer, since a server's own is out of reach.
"""

from collections.abc import Callable
from dataclasses import dataclass

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.llms import LLM

from index.embedding import Embedding


@dataclass(frozen=True)
class Tokens:
    """Tokens of all calls together."""

    read: int
    written: int


class TokenMeter:
    """Counts what passes through the models it listens to."""

    def __init__(self, embedding: BaseEmbedding) -> None:
        """Count with the tokenizer of `embedding`; where it has none, count words."""
        self._handler = TokenCountingHandler(tokenizer=_tokenizer(embedding))

    def listen(self, llm: LLM) -> None:
        """Count the calls of this model from now on."""
        llm.callback_manager = CallbackManager([self._handler])

    def taken(self) -> Tokens:
        """Return what was read and written since the last time."""
        handler = self._handler
        found = Tokens(handler.prompt_llm_token_count, handler.completion_llm_token_count)
        handler.reset_counts()
        return found


def _tokenizer(embedding: BaseEmbedding) -> Callable[[str], list[object]]:
    if not isinstance(embedding, Embedding):
        return lambda text: list(text.split())
    tokenizer = embedding.tokenizer()
    return lambda text: list(tokenizer.encode(text, add_special_tokens=False))
