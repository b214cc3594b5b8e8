"""A whole server on small fakes: real index, real assistant, and a reader, a model and an embedding
that one can work out by hand. `python -m tests.fakes_serve` serves it from a process of its own.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from index import Index, IndexSettings
from qa import AnsweringSettings, Assistant
from qa.serve.api import application
from qa.serve.line import Event, Line
from qa.serve.server import Server, address_of, listen, server
from qa.settings import ServingSettings
from tests.fakes import FakeEmbedding
from tests.fakes_qa import ScriptedModel, WordReader

RIVER = (
    "Harbour notes\n\nThe river treaty was signed by Ana Lund in Tarvik on 3 March 2019. "
    "Forty boats 🚢 came to the river that day.\n\nA robot counted the boats at the river gate."
)
APPLE = "Apples are red. An apple fell on Tuesday."
ASK = "Who signed the river treaty?"
SAID = "The river treaty was signed by Ana Lund."
ASK_NOTHING = "Which violinist composed symphonies underwater?"
TOKEN = "a-token-that-is-long-enough"


class Gated:
    """An assistant that loads when `loaded` is set, and answers when `go` is."""

    def __init__(self, inner: Assistant) -> None:
        self.inner = inner
        self.loaded, self.go = threading.Event(), threading.Event()
        self.loaded.set()
        self.go.set()
        self.fails: Exception | None = None
        self.asked: list[tuple[str, tuple[tuple[str, str], ...]]] = []

    @property
    def index(self) -> Index:
        return self.inner.index

    @property
    def models(self) -> dict[str, str]:
        reader = {"reader": "word-reader"} if self.loaded.is_set() else {}
        return {"embedding": "fake", **reader}

    def load(self) -> None:
        self.loaded.wait(30)
        if self.fails:
            raise self.fails

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        self.go.wait(30)
        yield from self.inner.stream(question, history=history, language=language, paths=paths)


def shelve(folder: Path) -> Path:
    """Put the documents into a folder and return it."""
    folder.mkdir(exist_ok=True)
    (folder / "river.txt").write_text(RIVER, encoding="utf-8")
    (folder / "apple.txt").write_text(APPLE, encoding="utf-8")
    return folder


def gated(folder: Path, home: Path) -> Gated:
    """Return an assistant over a folder, indexed."""
    index = Index.open(folder, IndexSettings(home=home), embedding=FakeEmbedding())
    index.sync()
    settings = AnsweringSettings(answered_at_least=0.5)
    made = Assistant(index, settings, model=ScriptedModel(SAID))  # type: ignore[arg-type]
    made._reader = WordReader()  # type: ignore[assignment]
    return Gated(made)


def begun(assistant: Gated, **settings: Any) -> Line:
    """Return a line that is ready."""
    line = Line(assistant, ServingSettings(**settings))
    line.begin()
    line.ready.result(30)
    return line


@contextmanager
def running(app: FastAPI, line: Line) -> Iterator[tuple[str, Server]]:
    """Serve an application from a thread on a free port."""
    ready = threading.Event()
    listening = listen("127.0.0.1", 0)
    made = server(app, line, ready.set)
    thread = threading.Thread(target=made.run, args=([listening],), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield address_of(listening, "127.0.0.1"), made
    finally:
        made.should_exit = True
        line.hurry()
        thread.join(30)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Gated:
    home = tmp_path_factory.mktemp("served")
    return gated(shelve(home / "documents"), home / "home")


@pytest.fixture(scope="module")
def line(assistant: Gated) -> Line:
    return begun(assistant, waiting=0)


@pytest.fixture(scope="module")
def address(line: Line) -> Iterator[str]:
    settings = ServingSettings(token=TOKEN)
    with running(application(line, settings, folder=line.index.folder), line) as (told, _):
        yield told


SERVED = (assistant, line, address)
"""For test modules to take by these names: one server with a token, where nobody may wait."""


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(what: str, folder: str, home: str) -> None:
    """Serve HTTP on a free port, or MCP on standard input and output."""
    settings = ServingSettings(port=0)
    assistant = gated(Path(folder), Path(home))
    line = Line(assistant, settings)
    line.begin()
    if what == "mcp":
        from qa.serve.mcp_server import run_stdio

        tell("a library that prints must not break the protocol")
        run_stdio(line)
        return
    app = application(line, settings, folder=Path(folder))
    listening = listen(settings.host, 0)
    address = address_of(listening, settings.host)
    server(app, line, lambda: tell(address)).run([listening])
    tell("ended in order")


if __name__ == "__main__":
    main(*sys.argv[1:])
