"""The engines that can be evaluated. Another engine is another file with an `ask` and an entry in
`setup`. An engine takes a question with its history and gives a `Reply`; it knows no cases.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, get_args

from eval.record import Cited, Lost, Passed, Reply, Said
from index import IndexSettings
from index.progress import SyncBar
from qa import Answer, AnsweringSettings, Assistant, Citation

EngineName = Literal[
    "footnote",  # this project, as users run it
    "footnote-extractive",  # this project without a language model
    "llamaindex",  # stock LlamaIndex with the same models, the baseline
]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


class Engine(Protocol):
    """What answers questions."""

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
        """Answer a question; `history` holds (user, assistant) turns, oldest first."""
        ...


class Asker(Protocol):
    """The part of `qa.Assistant` that an evaluation uses."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
    ) -> Answer:
        """Answer a question; the language is recognised where it is `None`."""
        ...


@dataclass(frozen=True)
class Setup:
    """An engine by name, the settings its answers depend on, and how to open it on a folder."""

    name: str
    settings: dict[str, str]
    open: Callable[[Path], AbstractContextManager[Engine]]


@dataclass(frozen=True)
class Footnote:
    """Our own assistant as an engine."""

    assistant: Asker

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
        """Ask the assistant and keep what the evaluation needs of its answer."""
        answer = self.assistant.ask(question, history=history)
        return Reply(
            answer=answer.text,
            abstained=answer.abstained,
            citations=_cited(answer.citations),
            reason=answer.reason,
            sentences=tuple(Said(s.text, s.verdict, _cited(s.citations)) for s in answer.sentences),
            passages=tuple(Passed(h.path, h.start, h.end, h.score) for h in answer.passages),
            dropped=tuple(Lost(d.text, d.reason) for d in answer.dropped),
            first_sentence=answer.seconds.first_sentence,
        )


def setup(name: EngineName) -> Setup:
    """Return the engine of that name with the settings of the environment."""
    settings = AnsweringSettings.from_environment()
    if name == "llamaindex":
        from eval import llamaindex_engine  # imports half of LlamaIndex; only the baseline needs it

        return Setup(name, _shown(settings), llamaindex_engine.open_engine)
    if name == "footnote-extractive":
        settings = replace(settings, extractive=True)

    @contextmanager
    def opened(sources: Path) -> Iterator[Engine]:
        with Assistant.open(sources, settings=settings) as assistant:
            with SyncBar() as bar:
                assistant.index.sync(bar)
            assistant.load()  # so that the first question is timed like the others
            yield Footnote(assistant)

    return Setup(name, _shown(settings), opened)


def _shown(settings: AnsweringSettings) -> dict[str, str]:
    """Return the settings as texts to compare runs by; a key is a secret and stays out."""
    texts = {name: str(value) for name, value in asdict(settings).items() if name != "key"}
    return texts | {"embedding": IndexSettings.from_environment().embedding}


def _cited(citations: Sequence[Citation]) -> tuple[Cited, ...]:
    return tuple(Cited(c.file, c.start, c.end, c.quote) for c in citations)
