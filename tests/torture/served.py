"""A server to be worn out: a process of its own with the real index, assistant, line, guard, API and
page, fakes in place of embedding and reader, and a language model that is a fast server elsewhere or
a real one. `python -m tests.torture.served FOLDER ENDPOINT|MODEL` is that process; without
arguments it is the fast model.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil

from tests.alone import ROOT

PEOPLE = 50
_MARK = re.compile(r"The harbour mark of (\w+) is (\w+)\.")


def name(number: int) -> str:
    return f"alder{number}x"


def mark(number: int) -> str:
    return f"kestrel{number}y"


def question(number: int, count: int) -> str:
    """Return a question that nobody has asked before, so that no answer is remembered."""
    return f"Which harbour mark belongs to {name(number)}, inquiry {count}?"


def token(number: int) -> str:
    return f"a-token-of-person-{number:04}"


def fill(folder: Path) -> None:
    """Write a document for each person, which says their mark and nobody else's."""
    folder.mkdir(parents=True)
    for number in range(PEOPLE):
        said = f"The harbour mark of {name(number)} is {mark(number)}. It is painted on the quay.\n"
        (folder / f"mark-{number}.md").write_text(said, encoding="utf-8")


class Model(BaseHTTPRequestHandler):
    """Speaks OpenAI's protocol: says the sentence of its prompt about whom the question names."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = body["messages"][-1]["content"]
        names = re.findall(r"alder\d+x", asked)
        found = {who: what for who, what in _MARK.findall(asked)}
        who = names[-1] if names else ""
        said = f"The harbour mark of {who} is {found[who]}." if who in found else "Nothing."
        self._reply(said, stream=bool(body.get("stream")))

    def _reply(self, said: str, *, stream: bool) -> None:
        whole = {"id": "x", "object": "chat.completion", "created": 0, "model": "fake"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        if stream:
            parts = [{"role": "assistant", "content": word} for word in re.findall(r"\S+\s*", said)]
            rows = [{**whole, "object": "chat.completion.chunk",
                     "choices": [{"index": 0, "delta": part, "finish_reason": None}]}
                    for part in parts]  # fmt: skip
            ended = {"index": 0, "delta": {}, "finish_reason": "stop"}
            rows.append({**whole, "object": "chat.completion.chunk", "choices": [ended]})
            data = "".join(f"data: {json.dumps(row)}\n\n" for row in rows) + "data: [DONE]\n\n"
        else:
            message = {"role": "assistant", "content": said}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            data = json.dumps({**whole, "choices": [choice], "usage": usage})
        held = data.encode()
        self.send_response(200)
        kind = "text/event-stream" if stream else "application/json"
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(held)))
        self.end_headers()
        self.wfile.write(held)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def model() -> None:
    """Be the language model, until ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}/v1\n")
    sys.stdout.flush()
    server.serve_forever()


def home_with_models(folder: Path) -> Path:
    """Return a home of its own in a folder, with the weights that are on this machine."""
    from index import IndexSettings

    home = folder / "home"
    home.mkdir(parents=True)
    (home / "models").symlink_to(IndexSettings.from_environment().home / "models")
    return home


def serve(folder: str, model: str) -> None:
    """Be the server, until ended; `model` is the address of the fast one or the name of another."""
    from index import Index, IndexSettings
    from qa import AnsweringSettings, Assistant
    from qa.page.mount import mount
    from qa.serve.api import application
    from qa.serve.line import Line
    from qa.serve.server import address_of, listen, server
    from qa.settings import ServingSettings
    from tests.fakes import FakeEmbedding
    from tests.fakes_qa import WordReader
    from tests.fakes_serve import tell

    documents = Path(folder) / "documents"
    home = IndexSettings(home=home_with_models(Path(folder)))
    index = Index.open(documents, home, embedding=FakeEmbedding())
    index.sync()
    endpoint = model if model.startswith("http") else None
    settings = AnsweringSettings(
        answered_at_least=0.3,
        endpoint=endpoint,
        model="fake" if endpoint else model,
        evidence_sentences=6 if endpoint else 1,  # a small model mixes up what no verifier checks
    )
    assistant = Assistant(index, settings)
    assistant._reader = WordReader()  # type: ignore[assignment]  # a fake with the same methods
    everybody = ",".join(token(number) for number in range(PEOPLE + 5))
    serving = ServingSettings(token=everybody, per_minute=100_000)
    line = Line(assistant, serving)
    line.begin()
    app = application(line, serving, folder=documents)
    mount(app, line.ready, index=index, folder=documents)
    listening = listen("127.0.0.1", 0)
    server(app, line, lambda: tell(address_of(listening, "127.0.0.1"))).run([listening])


@dataclass(frozen=True)
class Served:
    """A running server: its address and its process, which may have others of its own."""

    address: str
    process: psutil.Process

    def megabytes(self) -> float:
        """Return the memory that it holds for itself (unique set size), a local model included."""
        held = 0
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held += process.memory_full_info().uss
        return held / 2**20


@contextmanager
def served(folder: Path, model: str | None = None) -> Iterator[Served]:
    """Run the server in a process of its own until the block ends, and a fast model in another
    unless a real one is named.
    """
    fill(folder / "documents")
    with ExitStack() as open:
        model = model or open.enter_context(_running())[0]
        address, process = open.enter_context(_running(str(folder), model))
        yield Served(address, psutil.Process(process.pid))


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.served", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        told = process.stdout.readline().strip()
        assert told.startswith("http"), told
        yield told, process
    finally:
        process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + 40
        while process.poll() is None and time.monotonic() < limit:
            time.sleep(0.1)
        process.kill()
        process.wait()


if __name__ == "__main__":
    serve(*sys.argv[1:]) if sys.argv[1:] else model()
