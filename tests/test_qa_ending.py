"""The server is told to end while it works: what runs is finished or handed back, within seconds."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
from test_qa_language_model import endpoint, hangs

from index import Index, IndexingError, IndexSettings, Progress
from qa.language_model import LanguageModel
from qa.serve.api import application
from qa.settings import AnsweringSettings, ServingSettings
from tests.fakes import FakeEmbedding
from tests.fakes_serve import ASK, RIVER, begun, gated, running, shelve
from tests.torture import shelf

ROOT = Path(__file__).parents[1]


def test_a_question_that_waits_for_a_hung_model_is_answered_by_quotation_at_the_end(
    tmp_path: Path,
) -> None:
    made = gated(shelve(tmp_path / "documents"), tmp_path / "home")
    line = begun(made.inner, patience=0.3)  # type: ignore[arg-type]
    app = application(line, ServingSettings(), folder=made.index.folder)
    replies: list[httpx.Response] = []
    with endpoint(hangs) as address:
        settings = AnsweringSettings(endpoint=address, model="m")
        made.inner._model = LanguageModel.open(settings, home=tmp_path)
        with running(app, line) as (served, server):
            asking = threading.Thread(
                target=lambda: replies.append(
                    httpx.post(f"{served}/api/ask", json={"question": ASK}, timeout=60)
                )
            )
            asking.start()
            while not line.running:
                time.sleep(0.02)
            server.should_exit = True
            asking.join()
    (reply,) = replies
    assert reply.status_code == 200
    assert reply.json()["answer"] in RIVER and reply.json()["answer"]


def test_closing_an_index_ends_a_sync_in_another_thread_which_the_next_goes_on_with(
    tmp_path: Path,
) -> None:
    folder, home = tmp_path / "documents", IndexSettings(home=tmp_path / "home")
    shelf.write(folder, {f"{n:02}.txt": f"Robot {n} crossed the river. " * 60 for n in range(40)})
    index = Index.open(folder, home, embedding=FakeEmbedding(delay=0.01))
    begun_, told = threading.Event(), []

    def follow(step: Progress) -> None:
        if step.stage == "embedding" and step.done > 2:
            begun_.set()

    def sync() -> None:
        try:
            index.sync(follow)
        except IndexingError as error:
            told.append(str(error))

    thread = threading.Thread(target=sync)
    thread.start()
    assert begun_.wait(60)
    index.close()
    thread.join()
    assert told and "the next one goes on from there" in told[0]
    with Index.open(folder, home, embedding=FakeEmbedding()) as again:
        report = again.sync()
        assert report.mended == () and len(again.documents()) == 40
        assert 0 < report.embedded < report.passages


_HUNG = """
import sys, time
from pathlib import Path
from test_qa_language_model import endpoint, start
from qa.language_model import LanguageModel
from qa.serve.api import application
from qa.serve.line import Line
from qa.serve.server import address_of, listen, server
from qa.settings import AnsweringSettings, ServingSettings
from tests.fakes_serve import gated, tell
folder, home = map(Path, sys.argv[1:])

def hangs(handler):
    start(handler)
    tell("asked")
    time.sleep(600)

with endpoint(hangs) as hanging:
    made = gated(folder, home).inner
    made._model = LanguageModel.open(AnsweringSettings(endpoint=hanging, model="m"), home=home)
    line = Line(made, ServingSettings(patience=0.5))
    line.begin()
    with made:
        listening = listen("127.0.0.1", 0)
        app = application(line, ServingSettings(), folder=folder)
        server(app, line, lambda: tell(address_of(listening, "127.0.0.1"))).run([listening])
    tell("ended in order")
"""


def test_a_process_with_a_hung_model_ends_in_order_at_a_signal(tmp_path: Path) -> None:
    folder = shelve(tmp_path / "documents")
    process = subprocess.Popen(
        [sys.executable, "-c", _HUNG, str(folder), str(tmp_path / "home")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    replies: list[int] = []

    def ask() -> None:
        replies.append(
            httpx.post(f"{address}/api/ask", json={"question": ASK}, timeout=60).status_code
        )

    asking = threading.Thread(target=ask)
    asking.start()
    assert process.stdout.readline().strip() == "asked"
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=120)
    asking.join()
    assert (told.strip(), process.returncode, replies) == ("ended in order", 0, [200])
