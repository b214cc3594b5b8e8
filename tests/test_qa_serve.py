"""Serving: page and API in one process, told addresses, and an orderly end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import StreamingResponse

from qa.__main__ import main
from qa.errors import ServingError
from qa.serve.api import application
from qa.serve.line import Line
from qa.serve.server import address_of, listen
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, SAID, TOKEN, Gated, begun, gated, running, shelve

ROOT = Path(__file__).parents[1]


@pytest.fixture
def assistant(tmp_path: Path) -> Gated:
    return gated(shelve(tmp_path / "documents"), tmp_path / "home")


def until(what: Callable[[], object]) -> None:
    limit = time.monotonic() + 30
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.01)


def asking(address: str, into: list[httpx.Response], path: str = "/api/ask") -> threading.Thread:
    def work() -> None:
        into.append(httpx.post(address + path, json={"question": ASK}, timeout=60))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


# ---- addresses


def test_a_free_port_is_found_and_told() -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        assert port and address_of(listening, "127.0.0.1") == f"http://127.0.0.1:{port}"
        assert address_of(listening, "0.0.0.0") == f"http://127.0.0.1:{port}"
        assert address_of(listening, "::1") == f"http://[::1]:{port}"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99999), ("192.0.2.1", 0)])
def test_an_address_that_cannot_be_served_is_one_sentence(host: str, port: int) -> None:
    with pytest.raises(ServingError, match=r"port"):
        listen(host, port)


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=str(port)):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--host", "0.0.0.0"], "FOOTNOTE_TOKEN"),
        (["--host", "0.0.0.0"], "FOOTNOTE_TOKEN"),
        (["serve", "--host", "0.0.0.0", "--token", "short"], "guessed"),
        (["serve", "--token", ""], "guessed"),
    ],
)
def test_an_unsafe_address_is_refused_before_anything_is_opened(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("FOOTNOTE_TOKEN", raising=False)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert said in told and len(told.splitlines()) == 1
    assert not list(tmp_path.iterdir())


# ---- page and API in one process


@pytest.fixture
def with_page(assistant: Gated) -> Iterator[tuple[str, Gated, Line]]:
    from qa.page.mount import mount

    folder = assistant.index.folder
    line = Line(assistant)
    settings = ServingSettings(token=TOKEN)
    app = application(line, settings, folder=folder)
    mount(app, line.ready, index=line.index, folder=folder)
    assistant.loaded.clear()
    line.begin()
    with running(app, line) as (address, _):
        yield address, assistant, line


def test_page_and_api_share_one_process_one_door_and_one_line(
    with_page: tuple[str, Gated, Line],
) -> None:
    address, assistant, line = with_page
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/").status_code == 401
        assert client.get("/config").status_code == 401
        assert client.get("/gradio_api/info").status_code == 401
        client.headers["authorization"] = f"Bearer {TOKEN}"
        page = client.get("/")
        assert page.status_code == 200 and "Footnote" in page.text  # before the models are there
        assert "connect-src 'self'" in page.headers["content-security-policy"]
        assert client.get("/readyz").status_code == 503
        assistant.loaded.set()
        line.ready.result(30)
        assert client.get("/readyz").status_code == 200
        assert client.post("/api/ask", json={"question": ASK}).json()["answer"] == SAID
        for path in ("/api/nothing", "/v1/nothing"):
            assert client.get(path).headers["content-type"] == "application/json"
        evil = {"origin": "https://evil.example"}
        for path in ("/", "/api/documents", "/config"):
            assert "access-control-allow-origin" not in client.get(path, headers=evil).headers


def test_gradio_adds_no_permission_for_other_origins_of_this_machine(
    with_page: tuple[str, Gated, Line],
) -> None:
    address, _, _ = with_page
    headers = {"authorization": f"Bearer {TOKEN}", "origin": "http://localhost:3000"}
    reply = httpx.get(f"{address}/config", headers=headers)
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control-")]
    assert httpx.post(f"{address}/gradio_api/queue/join", headers=headers).status_code == 403


# ---- clients that go away, and the end


def test_a_client_that_goes_away_while_waiting_leaves_the_line(assistant: Gated) -> None:
    line = begun(assistant)
    app = application(line, ServingSettings(), folder=assistant.index.folder)
    assistant.go.clear()
    with running(app, line) as (address, _):
        first: list[httpx.Response] = []
        thread = asking(address, first)
        until(lambda: line.running == 1)
        for path in ("/api/ask", "/api/ask/stream"):
            impatient = httpx.Timeout(30, read=0.5 if path == "/api/ask" else 30)
            with (
                pytest.raises(httpx.ReadTimeout),
                httpx.stream(
                    "POST", address + path, json={"question": ASK}, timeout=impatient
                ) as it,
            ):
                assert next(it.iter_lines()) == "event: stage"
                raise httpx.ReadTimeout("has seen enough")
            until(lambda: line.waiting == 0)
        assistant.go.set()
        thread.join(30)
        assert first[0].status_code == 200


def test_waiting_is_told_in_the_stream(assistant: Gated) -> None:
    line = begun(assistant)
    app = application(line, ServingSettings(), folder=assistant.index.folder)
    assistant.go.clear()
    with running(app, line) as (address, _):
        first: list[httpx.Response] = []
        thread = asking(address, first)
        until(lambda: line.running == 1)
        with httpx.stream(
            "POST", f"{address}/api/ask/stream", json={"question": ASK}, timeout=60
        ) as reply:
            lines = reply.iter_lines()
            assert next(lines) == "event: stage"
            assert next(lines) == 'data: {"name": "waiting", "ahead": 1}'
            assistant.go.set()
            rest = list(lines)
        assert "event: answer" in rest
        thread.join(30)


def test_at_the_end_the_answer_is_finished_and_newcomers_are_sent_away(assistant: Gated) -> None:
    line = begun(assistant)
    app = application(line, ServingSettings(), folder=assistant.index.folder)
    assistant.go.clear()
    with running(app, line) as (address, server):
        first: list[httpx.Response] = []
        thread = asking(address, first)
        until(lambda: line.running == 1)
        server.should_exit = True
        until(lambda: not line.is_ready)
        refused = httpx.post(f"{address}/api/ask", json={"question": ASK})
        assert refused.status_code == 503 and "ending" in refused.json()["error"]["message"]
        assert httpx.get(f"{address}/readyz").status_code == 503
        assert httpx.get(f"{address}/healthz").status_code == 200
        assistant.go.set()
        thread.join(30)
        assert first[0].status_code == 200 and first[0].json()["answer"] == SAID


def test_an_open_page_neither_holds_up_the_end_nor_fills_the_log(
    assistant: Gated, capfd: pytest.CaptureFixture[str]
) -> None:
    line = begun(assistant)
    app = application(line, ServingSettings(), folder=assistant.index.folder)

    async def beats() -> AsyncIterator[str]:
        while True:
            yield "beat\n"
            await asyncio.sleep(0.05)

    @app.get("/open")
    async def forever() -> StreamingResponse:
        return StreamingResponse(beats())

    with running(app, line) as (address, server), httpx.stream("GET", f"{address}/open") as page:
        lines = page.iter_lines()
        assert next(lines) == "beat"
        server.should_exit = True
        with pytest.raises(httpx.HTTPError):
            list(lines)
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_order(tmp_path: Path, number: signal.Signals) -> None:
    folder = shelve(tmp_path / "documents")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes_serve", "http", str(folder), str(tmp_path / "home")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    address = process.stdout.readline().strip()
    until(lambda: httpx.get(f"{address}/readyz").status_code == 200)
    assert httpx.post(f"{address}/api/ask", json={"question": ASK}).json()["answer"] == SAID
    process.send_signal(number)
    told, problems = process.communicate(timeout=60)
    assert (told.strip(), problems, process.returncode) == ("ended in order", "", 0)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 5)


def test_nothing_of_a_question_is_written_to_the_log(
    assistant: Gated, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    line = begun(assistant)
    app = application(line, ServingSettings(), folder=assistant.index.folder)
    with running(app, line) as (address, _), caplog.at_level("DEBUG"):
        for form in ({"question": ASK}, {"question": "?"}, {"question": "treaty " * 1000}, {}):
            httpx.post(f"{address}/api/ask", json=form)
    written = "".join(capfd.readouterr())
    logged = " ".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("qa", "uvicorn"))
    )
    assert "treaty" not in written + logged
