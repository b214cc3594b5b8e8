"""A hit: a passage with the ranks and the score it was found with. The retriever returns hits as
LlamaIndex `NodeWithScore`; `Hit.of` reads one back. A passage is a LlamaIndex `TextNode` whose
`start_char_idx` and `end_char_idx` are exact: `document.text[start:end] == node.text`.
"""

from dataclasses import dataclass

from llama_index.core.schema import NodeWithScore, TextNode

from sources import Span


@dataclass(frozen=True)
class Hit:
    """One passage found for one question.

    `sentences` are spans in document offsets, all inside the passage. `dense_rank` and
    `lexical_rank` count from 1 and are `None` where that search did not find the passage.
    """

    id: str
    path: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    heading: str
    title: str | None
    language: str
    published: str | None
    score: float
    dense_rank: int | None
    lexical_rank: int | None

    @classmethod
    def of(cls, found: NodeWithScore) -> "Hit":
        """Read a hit from what the retriever returned."""
        node = found.node
        assert isinstance(node, TextNode)
        assert node.start_char_idx is not None and node.end_char_idx is not None
        meta = node.metadata
        return cls(
            id=node.node_id,
            path=meta["path"],
            start=node.start_char_idx,
            end=node.end_char_idx,
            text=node.text,
            sentences=tuple(Span(*pair) for pair in meta["sentences"]),
            heading=meta["heading"],
            title=meta["title"],
            language=meta["language"],
            published=meta["published"],
            score=found.score or 0.0,
            dense_rank=meta.get("dense_rank"),
            lexical_rank=meta.get("lexical_rank"),
        )
