"""The engines that can be evaluated. An engine takes a question with its history and gives a `Reply`;
it knows no cases. Another engine is one file, named by `--engine my_engine.py`: a function
`open_engine(sources)` that is a context manager and yields something with an `ask`.
"""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, get_args, runtime_checkable

from eval.engines.record import Cited, Lost, Passed, Reply, Said
from eval.engines.tokens import TokenMeter
from eval.errors import EvaluationError
from eval.runs.provenance import models_of
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

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        paths: Sequence[str] | None = None,
    ) -> Reply:
        """Answer a question.

        Args:
            question: what a user would type.
            history: (user, assistant) turns, oldest first.
            paths: use only these documents; only benchmarks that hand every question its own
                documents (RGB) give them.
        """
        ...


@runtime_checkable
class Verifying(Protocol):
    """An engine that can also say how sure its verifier is of each sentence."""

    def verified(self, reply: Reply) -> Reply:
        """Return the reply with the probabilities put into its sentences; not timed."""
        ...


class Verifier(Protocol):
    """The part of `qa.Reader` that judges whether sources entail claims."""

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each (claim, source) the probability that the source entails the claim."""
        ...


class Asker(Protocol):
    """The part of `qa.Assistant` that an evaluation uses."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Answer:
        """Answer a question; the language is recognised where it is `None`."""
        ...


@dataclass(frozen=True)
class Setup:
    """An engine by name, the settings its answers depend on, how to open it on a folder, and the
    hashes of its models by role.
    """

    name: str
    settings: dict[str, str]
    open: Callable[[Path], AbstractContextManager[Engine]]
    models: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Footnote:
    """Our own assistant as an engine."""

    assistant: Asker
    verifier: Verifier | None = None
    meter: TokenMeter | None = None

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        paths: Sequence[str] | None = None,
    ) -> Reply:
        """Ask the assistant and keep what the evaluation needs of its answer."""
        answer = self.assistant.ask(question, history=history, paths=paths)
        tokens = self.meter.taken() if self.meter else None
        return Reply(
            answer=answer.text,
            abstained=answer.abstained,
            citations=_cited(answer.citations),
            reason=answer.reason,
            sentences=tuple(Said(s.text, s.verdict, _cited(s.citations)) for s in answer.sentences),
            passages=tuple(Passed(h.path, h.start, h.end, h.score) for h in answer.passages),
            dropped=tuple(Lost(d.text, d.reason) for d in answer.dropped),
            first_sentence=answer.seconds.first_sentence,
            tokens_read=tokens.read if tokens else None,
            tokens_written=tokens.written if tokens else None,
        )

    def verified(self, reply: Reply) -> Reply:
        """Let the verifier judge each sentence against its quotes joined."""
        if self.verifier is None or not reply.sentences:
            return reply
        pairs = [(s.text, " ".join(c.quote for c in s.citations)) for s in reply.sentences]
        judged = zip(reply.sentences, self.verifier.entails(pairs), strict=True)
        return replace(reply, sentences=tuple(replace(s, grounding=round(p, 4)) for s, p in judged))


def setup(name: str) -> Setup:
    """Return the engine of that name, or in that Python file, with the environment's settings.

    Raises:
        EvaluationError: there is no such engine, or the file holds none.
    """
    if name.endswith(".py"):
        return _from_file(Path(name))
    if name not in ENGINES:
        known = ", ".join(ENGINES)
        message = f"There is no engine {name!r}; name one of {known}, or a Python file with an"
        raise EvaluationError(f"{message} open_engine(sources).")
    settings = AnsweringSettings.from_environment()
    if name == "llamaindex":
        from eval.engines import llamaindex  # half of LlamaIndex, for the baseline alone

        models = models_of(settings, reader=False)
        return Setup(name, _shown(settings), llamaindex.open_engine, models)
    if name == "footnote-extractive":
        settings = replace(settings, extractive=True)

    @contextmanager
    def opened(sources: Path) -> Iterator[Engine]:
        with Assistant.open(sources, settings=settings) as assistant:
            with SyncBar() as bar:
                assistant.index.sync(bar)
            assistant.load()  # so that the first question is timed like the others
            meter = TokenMeter(assistant.index.embedding)
            if assistant.writer:
                meter.listen(assistant.writer.llm)
            yield Footnote(assistant, assistant.reader, meter)

    return Setup(name, _shown(settings), opened, models_of(settings))


def _from_file(path: Path) -> Setup:
    """Open an engine that somebody wrote; its settings are `SETTINGS`, where it has that."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        opener = contextmanager(module.open_engine)
    except Exception as error:  # whatever somebody's file does, we say which file it was
        message = f"The engine in {str(path)!r} cannot be used ({type(error).__name__}: {error})"
        raise EvaluationError(
            f"{message}; let the file define open_engine(sources), which yields an engine."
        ) from error
    settings = {str(k): str(v) for k, v in getattr(module, "SETTINGS", {}).items()}
    return Setup(path.stem, settings, opener)


def _shown(settings: AnsweringSettings) -> dict[str, str]:
    """Return the settings as texts to compare runs by; a key is a secret and stays out."""
    texts = {name: str(value) for name, value in asdict(settings).items() if name != "key"}
    return texts | {"embedding": IndexSettings.from_environment().embedding}


def _cited(citations: Sequence[Citation]) -> tuple[Cited, ...]:
    return tuple(Cited(c.file, c.start, c.end, c.quote) for c in citations)
