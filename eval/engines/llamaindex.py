"""The baseline: stock LlamaIndex, a vector index with a `CitationQueryEngine`, both at their
defaults, over the same documents, the same embedding and the same language model as ours. Its
numbered sources are traced back to spans of the documents, which it does not do itself.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.chat_engine import CondenseQuestionChatEngine
from llama_index.core.llms import LLM, ChatMessage, MessageRole
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import Document, NodeWithScore, TextNode
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from eval.corpus import documents
from eval.engines.record import Cited, Passed, Reply, Said
from eval.engines.tokens import TokenMeter
from index import Index
from index.kiwi import is_korean
from index.sentences import split
from qa import AnsweringSettings, LanguageModel

WORD = re.compile(r"\w")
MARKER = re.compile(r"\[(\d+)\]")
AFTER_STOP = re.compile(r"([.!?])((?:\s*\[\d+\])+)")
SOURCE_LABEL = re.compile(r"\ASource \d+:\n")

# What the stock prompt's "indicate that" comes out as. Generous: each phrase counts as abstaining.
SAYS_IT_DOES_NOT_KNOW = re.compile(
    r"empty response|none of the (provided )?sources|(do|does|did)(n't| not) (\w+ )?"
    r"(mention|state|specify|provide|contain|say|include|give)|no (information|mention)|"
    r"not (mentioned|stated|specified|provided|available)|(cannot|can't|unable to) (answer|find|"
    r"determine|provide)|언급(이 없|되지 않|되어 있지 않|하지 않)|정보가 없|나와 있지 않|"
    r"알 수 없|찾을 수 없",
    re.IGNORECASE,
)


class StockLlamaIndex:
    """LlamaIndex as its documentation puts it together."""

    def __init__(self, texts: Sequence[Document], embedding: BaseEmbedding, llm: LLM) -> None:
        """Embed the documents into a vector index in memory."""
        self._texts = {d.metadata["path"]: d.text for d in texts}
        self._llm = llm
        self._index = VectorStoreIndex.from_documents(
            texts, embed_model=embedding, show_progress=True
        )
        self._query = CitationQueryEngine.from_args(self._index, llm=llm)
        self._meter = TokenMeter(embedding)
        self._meter.listen(llm)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        paths: Sequence[str] | None = None,
    ) -> Reply:
        """Ask the query engine, through LlamaIndex's own condensing chat where there is history."""
        query = self._query if paths is None else self._restricted(paths)
        if history:
            chat = CondenseQuestionChatEngine.from_defaults(
                query_engine=query, llm=self._llm, chat_history=_messages(history)
            )
            answered = chat.chat(question)
            reply = self._reply(str(answered), answered.source_nodes)
        else:
            response = query.query(question)
            reply = self._reply(str(response), response.source_nodes)
        tokens = self._meter.taken()
        return replace(reply, tokens_read=tokens.read, tokens_written=tokens.written)

    def _restricted(self, paths: Sequence[str]) -> CitationQueryEngine:
        only = MetadataFilter(key="path", value=list(paths), operator=FilterOperator.IN)
        filters = MetadataFilters(filters=[only])
        return CitationQueryEngine.from_args(self._index, llm=self._llm, filters=filters)

    def _reply(self, text: str, found: Sequence[NodeWithScore]) -> Reply:
        places = [self._place(node) for node in found]
        cited = _cited(text, places)
        passages = tuple(
            Passed(place.file, place.start, place.end, node.score or 0.0)
            for place, node in zip(places, found, strict=True)
        )
        abstained = bool(SAYS_IT_DOES_NOT_KNOW.search(text))
        return Reply(
            answer=text,
            abstained=abstained,
            citations=cited,
            sentences=() if abstained else _sentences(text, places),
            passages=passages,
        )

    def _place(self, found: NodeWithScore) -> Cited:
        """Find the source text in its document; one that is not there stays at 0 to 0."""
        assert isinstance(found.node, TextNode)
        quote = SOURCE_LABEL.sub("", found.node.text).strip()
        file = found.node.metadata["path"]
        start = self._texts[file].find(quote)
        return Cited(file, max(start, 0), start + len(quote) if start >= 0 else 0, quote)


def _sentences(text: str, places: Sequence[Cited]) -> tuple[Said, ...]:
    """Cut an answer into sentences; a number after the full stop belongs to the one before it."""
    joined = AFTER_STOP.sub(r"\2\1", text)
    found = []
    for span in split(joined, 0, len(joined), "ko" if is_korean(joined) else "en"):
        sentence = joined[span.start : span.end]
        bare = " ".join(MARKER.sub("", sentence).split())
        if WORD.search(bare):
            found.append(Said(bare, "", _cited(sentence, places)))
    return tuple(found)


def _cited(sentence: str, places: Sequence[Cited]) -> tuple[Cited, ...]:
    """Return the sources whose numbers stand in a sentence."""
    numbers = dict.fromkeys(int(n) for n in MARKER.findall(sentence))
    return tuple(places[n - 1] for n in numbers if 1 <= n <= len(places))


@contextmanager
def open_engine(sources: Path) -> Iterator[StockLlamaIndex]:
    """Index a folder in memory and open the baseline over it.

    Our own index is opened only for its embedding; nothing is read from it.

    Raises:
        FootnoteError: the documents cannot be read, or a model cannot be opened.
    """
    with Index.open(sources) as ours:
        settings = AnsweringSettings.from_environment()
        model = LanguageModel.open(settings, home=ours.settings.home)
        try:
            yield StockLlamaIndex(documents(sources), ours.embedding, model.llm)
        finally:
            model.close()


def _messages(history: Sequence[tuple[str, str]]) -> list[ChatMessage]:
    roles = (MessageRole.USER, MessageRole.ASSISTANT)
    return [
        ChatMessage(role=role, content=text)
        for turn in history
        for role, text in zip(roles, turn, strict=True)
    ]
