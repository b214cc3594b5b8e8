"""Language models that fail: each ends in one clear sentence, in time."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from index import WeightsError
from qa import AnsweringSettings, LanguageModel, ModelError

Reply = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def endpoint(reply: Reply) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply(self)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def chunk(text: str) -> bytes:
    piece = {
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}}],
    }  # fmt: skip
    return f"data: {json.dumps(piece)}\n\n".encode()


def start(handler: BaseHTTPRequestHandler, kind: str = "text/event-stream") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def answers(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    for text in ("Ana ", "Lund."):
        handler.wfile.write(chunk(text))
    handler.wfile.write(b"data: [DONE]\n\n")


def garbage(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    handler.wfile.write(b"data: <html>this is no JSON</html>\n\n")


def refuses(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(401)
    handler.end_headers()
    handler.wfile.write(b'{"error": {"message": "wrong key"}}')


def dies(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(chunk("Ana "))
    handler.wfile.flush()
    handler.connection.close()


def hangs(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    time.sleep(5)


def model(address: str, patience: float = 20.0) -> LanguageModel:
    settings = AnsweringSettings(endpoint=address, model="m", patience=patience)
    return LanguageModel.open(settings, home=Path("unused"))


def test_an_endpoint_that_works_is_streamed() -> None:
    with endpoint(answers) as address:
        assert list(model(address).stream("system", "user")) == ["Ana ", "Lund."]


@pytest.mark.parametrize("reply", [garbage, refuses, dies])
def test_an_endpoint_that_fails_is_one_sentence_with_advice(reply: Reply) -> None:
    with endpoint(reply) as address, pytest.raises(ModelError, match="FOOTNOTE_ENDPOINT") as told:
        list(model(address).stream("system", "user"))
    assert "\n" not in str(told.value)


def test_an_endpoint_that_hangs_is_given_up_in_time() -> None:
    with endpoint(hangs) as address, pytest.raises(ModelError, match="did not answer"):
        list(model(address, patience=0.5).stream("system", "user"))


def test_a_wrong_address_is_one_sentence_with_advice() -> None:
    with pytest.raises(ModelError, match="Check that it is running"):
        list(model("http://127.0.0.1:9/v1", patience=2).stream("system", "user"))


def test_a_key_is_never_part_of_a_message() -> None:
    settings = AnsweringSettings(endpoint="http://127.0.0.1:9/v1", model="m", key="sk-secret")
    with pytest.raises(ModelError) as told:
        list(LanguageModel.open(settings, home=Path("unused")).stream("s", "u"))
    assert "sk-secret" not in str(told.value)


def test_an_unknown_local_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="'nonesuch'"):
        LanguageModel.open(AnsweringSettings(model="nonesuch"), home=tmp_path)


def test_an_embedding_model_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not write text"):
        LanguageModel.open(AnsweringSettings(model="embeddinggemma-300m"), home=tmp_path)
