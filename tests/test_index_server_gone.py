"""The Chroma server goes away and comes back, while somebody asks and while a sync runs: whoever is
concerned gets one sentence, and afterwards the same process goes on without being started again.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from index import Index, IndexSettings, Progress, Retriever, StoreError, SyncReport, store
from qa import AnsweringSettings, Assistant
from qa.serve.api import application
from qa.settings import ServingSettings
from tests.chroma_server import ChromaServer
from tests.fakes import FakeEmbedding
from tests.fakes_qa import ScriptedModel, WordReader
from tests.fakes_serve import ASK, SAID, begun, running, shelve
from tests.torture import shelf


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaServer]:
    with closing(ChromaServer(tmp_path / "chroma")) as server:
        yield server


@pytest.fixture
def index(chroma: ChromaServer, tmp_path: Path) -> Iterator[Index]:
    folder = shelve(tmp_path / "documents")
    settings = IndexSettings(home=tmp_path / "home", chroma_url=chroma.url)
    with Index.open(folder, settings, embedding=FakeEmbedding()) as opened:
        opened.sync()
        yield opened


def found(index: Index) -> list[str]:
    return [hit.path for hit in Retriever(index).search("the river treaty", top_k=3)]


def test_whoever_asks_meanwhile_is_told_and_the_same_server_answers_afterwards(
    chroma: ChromaServer, index: Index, tmp_path: Path
) -> None:
    model = ScriptedModel(SAID)
    assistant = Assistant(index, AnsweringSettings(answered_at_least=0.5), model=model)  # type: ignore[arg-type]
    assistant._reader = WordReader()  # type: ignore[assignment]
    line = begun(assistant)  # type: ignore[arg-type]  # it has all that a line needs
    app = application(line, ServingSettings(), folder=index.folder)
    with running(app, line) as (address, _):

        def ask(question: str) -> httpx.Response:
            return httpx.post(f"{address}/api/ask", json={"question": question}, timeout=60)

        assert ask(ASK).json()["answer"] == SAID
        chroma.close()
        assert ask(ASK).json()["answer"] == SAID, "an answer given before needs no server"
        for _ in range(2):
            refused = ask("Who was it that signed the river treaty?")
            said = refused.json()["error"]["message"]
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert chroma.url in said and "server runs" in said and "\n" not in said
        chroma.start(tmp_path / "chroma")
        assert ask("Who was it that signed the river treaty?").json()["answer"] == SAID


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped there")
def test_a_server_that_hangs_is_given_up_and_used_again_once_it_goes_on(
    chroma: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HUNG", 1.0)
    folder = shelve(tmp_path / "documents")
    settings = IndexSettings(home=tmp_path / "home", chroma_url=chroma.url)
    with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
        index.sync()
        before = found(index)
        os.kill(chroma.process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(StoreError, match="timed out"):
                found(index)
            with pytest.raises(StoreError, match="timed out"):
                store.Store(tmp_path, url=chroma.url + "/")
        finally:
            os.kill(chroma.process.pid, signal.SIGCONT)
        assert found(index) == before


def test_a_sync_that_loses_its_server_says_so_and_the_next_one_goes_on(
    chroma: ChromaServer, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    shelf.write(folder, {f"{n:02}.txt": f"Robot {n} crossed the river. " * 60 for n in range(30)})
    settings = IndexSettings(home=tmp_path / "home", chroma_url=chroma.url)
    with Index.open(folder, settings, embedding=FakeEmbedding(delay=0.01)) as index:
        under_way, told = threading.Event(), []

        def follow(step: Progress) -> None:
            if step.stage == "embedding" and step.done > 2:
                under_way.set()

        def sync() -> None:
            try:
                told.append(index.sync(follow))
            except StoreError as error:
                told.append(error)

        syncing = threading.Thread(target=sync)
        syncing.start()
        assert under_way.wait(60)
        chroma.close()
        syncing.join(120)
        (lost,) = told
        assert isinstance(lost, StoreError) and chroma.url in str(lost)
        chroma.start(tmp_path / "chroma")
        report: SyncReport = index.sync()
        assert 0 < report.embedded < report.passages and len(index.documents()) == 30
        assert index.sync().embedded == 0
        assert len(found(index)) == 3


def test_a_server_that_came_back_empty_is_filled_by_the_next_sync(
    chroma: ChromaServer, index: Index, tmp_path: Path
) -> None:
    before = found(index)
    chroma.close()
    chroma.start(tmp_path / "another")
    with pytest.raises(StoreError):
        found(index)
    report = index.sync()
    assert report.embedded == report.passages
    assert found(index) == before
