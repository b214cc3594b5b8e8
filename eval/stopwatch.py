"""Times one thing in this process: a sync, or questions asked one after the other. Models are
loaded before the clock starts. `bench.py` has each of these run in a process of its own.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from llama_index.core.llms import MockLLM

from eval.corpus import documents
from eval.engines import Engine, EngineName, Footnote
from index import Index
from qa import Assistant


@dataclass(frozen=True)
class Times:
    """Seconds by question; an engine that does not tell its firsts has none there."""

    answer: tuple[float, ...]
    first_quotation: tuple[float, ...]
    first_sentence: tuple[float, ...]
    retrieve: tuple[float, ...]
    repeated: tuple[float, ...] = ()
    near_repeated: tuple[float, ...] = ()
    at_once: tuple[float, ...] = ()

    def as_json(self) -> dict[str, tuple[float, ...]]:
        """Return the JSON form."""
        return asdict(self)


def time_sync(index: Index, sources: Path, engine: EngineName) -> float:
    """Return the seconds that reading and indexing a folder takes, without loading the model.

    Args:
        index: our index of the folder, as it stands; for the baseline it lends its embedding.
        sources: the same folder.
        engine: the baseline is `llamaindex`; all others share our index.

    Raises:
        FootnoteError: the folder cannot be indexed.
    """
    index.embedding.get_query_embedding("the model is loaded before the clock starts")
    if engine == "llamaindex":
        from eval.engines.llamaindex import StockLlamaIndex  # only the baseline needs all that

        began = time.perf_counter()
        StockLlamaIndex(documents(sources), index.embedding, MockLLM())
    else:
        began = time.perf_counter()
        index.sync()
    return time.perf_counter() - began


def time_questions(engine: Engine, questions: Sequence[str], crowd: Sequence[str] = ()) -> Times:
    """Ask each question once and return the seconds; then, of ours, those of each asked again, in
    the same and in other letters.

    Args:
        engine: what answers.
        questions: asked one after the other.
        crowd: other questions, asked by as many people at once where the engine is ours.

    Raises:
        FootnoteError: a question cannot be answered; abstaining is an answer.
    """
    answer, quotation, first, retrieve = [], [], [], []
    for question in questions:
        began = time.perf_counter()
        if isinstance(engine, Footnote):
            told = engine.assistant.ask(question).seconds
            retrieve.append(told.retrieve)
            if told.first_quotation is not None:
                quotation.append(told.first_quotation)
            if told.first_sentence is not None:
                first.append(told.first_sentence)
        else:
            engine.ask(question)
        answer.append(time.perf_counter() - began)
    repeated, near, at_once = [], [], []
    if isinstance(engine, Footnote) and isinstance(engine.assistant, Assistant):
        from eval.burden import time_crowd  # with it comes the server, which nothing else needs

        repeated = [_asked(engine.assistant, question) for question in questions]
        near = [_asked(engine.assistant, _otherwise(question)) for question in questions]
        if crowd:
            at_once = [statistics.fmean(time_crowd(engine.assistant, crowd))]
    return Times(*map(tuple, (answer, quotation, first, retrieve, repeated, near, at_once)))


def _asked(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    assistant.ask(question)
    return time.perf_counter() - began


def _otherwise(question: str) -> str:
    """Return a question as somebody else would type it."""
    return f"  {question.upper().rstrip(' ?.!')} ??"
