"""Small fakes with values one can compute by hand."""

import time

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field

TOPICS = ("apple", "river", "robot", "서울", "treaty")


class FakeEmbedding(BaseEmbedding):
    """Counts five topic words; a sixth component of 0.5 keeps every vector from being zero.

    "A robot and a robot" is (0, 0, 2, 0, 0, 0.5) before it is given length one.
    """

    model_name: str = "fake"
    delay: float = 0.0
    embedded: list[str] = Field(default_factory=list)

    def _get_query_embedding(self, query: str) -> list[float]:
        lowered = query.lower()
        return [*(float(lowered.count(word)) for word in TOPICS), 0.5]

    def _get_text_embedding(self, text: str) -> list[float]:
        time.sleep(self.delay)
        self.embedded.append(text)
        return self._get_query_embedding(text)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
