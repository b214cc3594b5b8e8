"""Whoever asks and leaves, by the stop button or by a dropped connection, ends the work at once: the
language model is let go even where it has not said a word.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from test_qa_language_model import chunk, endpoint, start

from qa.language_model import LanguageModel
from qa.leaving import Gone, stay, until
from qa.page.mount import mount
from qa.page.run import Run
from qa.pump import cut_by, pump
from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import AnsweringSettings, ServingSettings
from tests.fakes_serve import ASK, begun, gated, running, shelve
from tests.torture.visitor import Visitor, visited

LONG = 25.0  # seconds; the model's patience is longer, and nothing here takes one second


class Silent:
    """A language model's server that says nothing, or one piece, and sees when nobody listens."""

    def __init__(self, *, speaks: bool) -> None:
        self.speaks = speaks
        self.asked, self.alone = threading.Event(), threading.Event()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        if self.speaks:
            start(handler)
            handler.wfile.write(chunk("The river "))
            handler.wfile.flush()
        self.asked.set()
        handler.rfile.read(1)  # until the connection ends
        self.alone.set()


@pytest.fixture(params=[False, True], ids=["before a word", "after a word"])
def silent(request: pytest.FixtureRequest) -> Silent:
    return Silent(speaks=request.param)


@contextmanager
def served(silent: Silent, home: Path) -> Iterator[Line]:
    """Return a line whose language model is silent."""
    made = gated(shelve(home / "documents"), home / "home").inner
    with endpoint(silent) as address:
        settings = AnsweringSettings(endpoint=address, model="m", patience=600, longest=600)
        made._model = LanguageModel.open(settings, home=home)
        yield begun(made)  # type: ignore[arg-type]  # it has all that a line needs


def left(line: Line, silent: Silent) -> None:
    """Claim that nobody works any more."""
    assert silent.alone.wait(LONG)
    with line._moved:
        assert line._moved.wait_for(lambda: not line.running, LONG)
    assert 'footnote_abandoned_total{way="' in line.metrics.text().decode()


def test_the_stop_button_ends_the_work_at_once(silent: Silent, tmp_path: Path) -> None:
    with served(silent, tmp_path) as line:
        run = Run(lambda: line.stream(ASK))
        assert silent.asked.wait(LONG)
        run.stop()
        left(line, silent)


CHAT = {"messages": [{"role": "user", "content": ASK}]}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/api/ask", {"question": ASK}),
        ("/api/ask/stream", {"question": ASK}),
        ("/v1/chat/completions", CHAT),
        ("/v1/chat/completions", {**CHAT, "stream": True}),
    ],
)
def test_a_dropped_connection_ends_the_work_at_once(
    path: str, form: dict[str, object], tmp_path: Path
) -> None:
    silent, body = Silent(speaks=False), json.dumps(form)
    with served(silent, tmp_path) as line:
        app = application(line, ServingSettings(), folder=line.index.folder)
        with running(app, line) as (address, _):
            host, _, port = address.removeprefix("http://").partition(":")
            with socket.create_connection((host, int(port))) as asking:
                head = (
                    f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json"
                )
                asking.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
                assert silent.asked.wait(LONG)
            left(line, silent)


def test_a_page_that_is_closed_ends_the_work_of_its_question(tmp_path: Path) -> None:
    silent = Silent(speaks=False)
    with served(silent, tmp_path) as line:
        app = application(line, ServingSettings(), folder=line.index.folder)
        mount(app, line.ready, index=line.index, folder=line.index.folder)
        with running(app, line) as (address, _):
            visited(lambda: _asks_and_closes(address, silent))
            left(line, silent)


async def _asks_and_closes(address: str, silent: Silent) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=LONG) as client:
        visitor = Visitor(client, {})
        await visitor.arrive()
        async with client.stream("GET", visitor.heartbeat) as beating:
            beats = beating.aiter_bytes()  # held: dropped, it would end the connection
            await anext(beats)
            asking = asyncio.create_task(visitor.ask(ASK))
            assert await asyncio.to_thread(silent.asked.wait, LONG)
        asking.cancel()


def test_whoever_waits_for_a_busy_server_may_leave_too() -> None:
    left = threading.Event()
    asked: list[int] = []

    def busy(handler: BaseHTTPRequestHandler) -> None:
        asked.append(1)
        left.set()
        handler.send_response(429)
        handler.send_header("Retry-After", "9")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with endpoint(busy) as address:
        settings = AnsweringSettings(endpoint=address, model="m")
        model = LanguageModel.open(settings, home=Path("unused"))
        with until(left), pytest.raises(Gone):
            model.write("system", "user")
    assert asked == [1]


def test_what_waits_in_a_pump_is_cut_when_its_asker_leaves() -> None:
    left, cut = threading.Event(), threading.Event()

    def stuck(free: Callable[[], object] = cut.set) -> Iterator[str]:
        cut_by(free)
        left.set()
        cut.wait(LONG)
        yield "too late"

    with until(left), pytest.raises(Gone):
        list(pump(stuck, stall=600, whole=600, left=threading.Event()))
    assert cut.is_set()


def test_nobody_leaves_who_was_not_named() -> None:
    left = threading.Event()
    left.set()
    stay()
    with until(threading.Event()):
        stay()
    with until(left), pytest.raises(Gone):
        stay()
    stay()
