"""Times what a busy machine meets: a folder of several hundred passages, by us and by LlamaIndex's
own pipeline, and four people who ask at once. `bench.py` has each of these run in a process of its
own.
"""

import json
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from pydantic import PrivateAttr

from eval.corpus import documents
from eval.engines import EngineName
from eval.pairs import TEXTS
from index import Index, IndexSettings
from index.embedding import Embedding, published
from qa import Answer, Assistant
from qa.serve.line import Line

LENGTH = 600  # characters of a file: one passage of ours and one of the pipeline's


@dataclass(frozen=True)
class Bulk:
    """Seconds to make a number of passages searchable."""

    passages: int
    seconds: float

    def as_json(self) -> dict[str, float]:
        """Return the JSON form."""
        return asdict(self)


class Published(BaseEmbedding):
    """The same model as its publisher's library runs it by default, ten texts at a time, which is
    LlamaIndex's own default.
    """

    _model: Any = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        """Load the model in a folder."""
        super().__init__(model_name="published")
        self._model = published(folder)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return rows

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def write_files(folder: Path, *, length: int = LENGTH) -> int:
    """Write the texts that the reader was trained on in pieces, a file each; return how many."""
    count = 0
    for file in sorted(TEXTS.glob("writer-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            text = " ".join(json.loads(line)["text"].split())
            for at in range(0, len(text), length):
                if len(text) - at >= length // 3:
                    (folder / f"{count:04}.txt").write_text(text[at : at + length], "utf-8")
                    count += 1
    return count


def time_bulk(engine: EngineName) -> Bulk:
    """Return what indexing a few hundred small files takes; the model is loaded before.

    Args:
        engine: "llamaindex" is its `IngestionPipeline` at its defaults; all others are ours.

    Raises:
        FootnoteError: they cannot be indexed.
    """
    settings = IndexSettings.from_environment()
    with tempfile.TemporaryDirectory(prefix="footnote-bulk-") as place:
        folder = Path(place)
        write_files(folder)
        if engine == "llamaindex":
            stock = Published(Embedding.of(settings).folder)
            stock.get_query_embedding("the model is loaded before the clock starts")
            began = time.perf_counter()
            pipeline = IngestionPipeline(transformations=[SentenceSplitter(), stock])
            nodes = pipeline.run(documents=documents(folder))
            return Bulk(len(nodes), time.perf_counter() - began)
        with Index.open(folder, settings) as index:
            index.embedding.get_query_embedding("the model is loaded before the clock starts")
            began = time.perf_counter()
            report = index.sync()
            return Bulk(report.passages, time.perf_counter() - began)


def time_crowd(assistant: Assistant, questions: Sequence[str]) -> list[float]:
    """Return the seconds that each of several people waits who ask through one line at once."""
    line = Line(assistant)
    line.begin()
    line.ready.result()
    began = time.perf_counter()
    waited: list[float] = []

    def ask(question: str) -> None:
        for event in line.stream(question):
            if isinstance(event, Answer):
                waited.append(time.perf_counter() - began)

    people = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return waited
