"""Hybrid search: dense search finds, lexical search adds.

Every candidate of either gets its true cosine, and the score is that cosine plus a small share of
the lexical score, a convex combination (Bruch, Gai and Ingber 2023, "An Analysis of Fusion
Functions for Hybrid Retrieval"): rare names, numbers and exact terms lift a passage, and none is
pushed out for sharing no word.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.embedding import embed_query
from index.hit import Hit

if TYPE_CHECKING:
    from index.index import Index

CANDIDATES = 40  # from each side
LEXICAL_WEIGHT = 0.2  # of a full lexical score, in cosines


class Retriever(BaseRetriever):
    """Finds passages of an index for a question, as a LlamaIndex retriever."""

    def __init__(
        self,
        index: "Index",
        *,
        top_k: int = 10,
        paths: Sequence[str] | None = None,
        language: str | None = None,
        lexical_weight: float = LEXICAL_WEIGHT,
    ) -> None:
        """Search `index`; the other arguments are defaults for `search`."""
        super().__init__()
        self._index = index
        self._top_k = top_k
        self._paths = paths
        self._language = language
        self._weight = lexical_weight

    def search(
        self,
        question: str,
        *,
        top_k: int | None = None,
        paths: Sequence[str] | None = None,
        language: str | None = None,
    ) -> list[Hit]:
        """Return the passages that best fit a question, by falling score.

        Args:
            question: in any language the embedding model knows.
            top_k: how many at most.
            paths: only these documents (any path of their content).
            language: only passages in this language (ISO 639-1).

        Raises:
            IndexingError: the folder is not indexed, or was indexed with another model.
        """
        chosen = self._paths if paths is None else paths
        found = self._find(question, top_k or self._top_k, chosen, language or self._language)
        return [Hit.of(node) for node in found]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._find(query_bundle.query_str, self._top_k, self._paths, self._language)

    def _find(
        self, question: str, top_k: int, paths: Sequence[str] | None, language: str | None
    ) -> list[NodeWithScore]:
        index = self._index
        only = None if paths is None else index.document_paths(paths)
        if only == [] or not question.strip():
            index.generation()
            return []
        vector = embed_query(index.embedding, question)
        width = max(CANDIDATES, top_k)
        near = index.nearest(vector, width, only, language)
        matches = index.matches(question, width, only, language)
        cosines = {hit.id: hit.cosine for hit in near}
        missing = [match.id for match in matches if match.id not in cosines]
        cosines |= {id: float(np.dot(v, vector)) for id, v in index.vectors(missing).items()}
        shares = {match.id: match.score for match in matches}
        scores = {id: cosine + self._weight * shares.get(id, 0.0) for id, cosine in cosines.items()}
        dense = {hit.id: rank for rank, hit in enumerate(near, 1)}
        lexical = {match.id: rank for rank, match in enumerate(matches, 1)}
        nodes = index.nodes(list(scores))
        best = sorted(nodes, key=lambda id: (-scores[id], id))[:top_k]
        return [
            NodeWithScore(node=_ranked(nodes[id], dense.get(id), lexical.get(id)), score=scores[id])
            for id in best
        ]


def _ranked(node: TextNode, dense: int | None, lexical: int | None) -> TextNode:
    ranks = {"dense_rank": dense, "lexical_rank": lexical}
    node.metadata |= ranks
    node.excluded_embed_metadata_keys += ranks
    node.excluded_llm_metadata_keys += ranks
    return node
