"""What a benchmark works with: an index of its passages and the reader, opened as the assistant opens
them. Tests give their own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding

from index import Index
from index.embedding import Embedding
from qa import Reader


class Tools(Protocol):
    """What opens models; `Models` really does."""

    def index(self, folder: Path) -> Index:
        """Open the index of a folder."""
        ...

    def reader(self, index: Index) -> Reader:
        """Open the reader on the index's embedding."""
        ...


class Models:
    """The models of the environment's settings."""

    def index(self, folder: Path) -> Index:
        """Open the index of a folder; it lies where all indexes lie until the run is finished."""
        return Index.open(folder)

    def reader(self, index: Index) -> Reader:
        """Open the shipped reader on the index's embedding."""
        embedding = index.embedding
        assert isinstance(embedding, Embedding)
        return Reader.load(embedding.transformer(), embedding.tokenizer())


def counter(embedding: BaseEmbedding) -> Callable[[str], int]:
    """Return what counts the tokens of a text; roughly, where the embedding has no tokenizer."""
    if isinstance(embedding, Embedding):
        return embedding.count_tokens
    return lambda text: len(text.encode()) // 4 + 1
