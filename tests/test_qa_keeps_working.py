"""A language model that hangs, dies, refuses, repeats itself or writes nonsense: the answer is then a
quotation with a note why, and the next question finds a model that works.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from test_qa_language_model import answers, chunk, dies, endpoint, garbage, hangs, model, start

from index import Index, IndexSettings
from qa import AnsweringSettings, Assistant, ModelError, language_model
from qa.language_model import LanguageModel
from qa.pump import Left, TooSlow, pump
from tests.fakes import FakeEmbedding
from tests.fakes_qa import WordReader
from tests.fakes_serve import ASK, shelve

Reply = Callable[[BaseHTTPRequestHandler], None]
QUOTE = "The river treaty was signed by Ana Lund in Tarvik on 3 March 2019."


def says(*texts: str, done: bool = True) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        start(handler)
        for text in texts:
            handler.wfile.write(chunk(text))
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")

    return reply


def endless(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    try:
        for _ in range(100_000):
            handler.wfile.write(chunk("The treaty, the treaty, "))
    except OSError:
        return  # nobody listens any more


def drips(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    try:
        for _ in range(100):
            handler.wfile.write(chunk("the "))
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return


def wrong_logprobs(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    piece = json.loads(chunk("The treaty")[6:])
    piece["choices"][0]["logprobs"] = {"content": "minus infinity"}
    handler.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
    handler.wfile.write(b'data: {"choices": 7}\n\ndata: []\n\n')


def busy(*headers: str, status: int = 429) -> tuple[Reply, list[float]]:
    """Refuse as many times as there are headers, then answer; return also when it was asked."""
    asked: list[float] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        asked.append(time.monotonic())
        if len(asked) > len(headers):
            return answers(handler)
        handler.send_response(status)
        if headers[len(asked) - 1]:
            handler.send_header("Retry-After", headers[len(asked) - 1])
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply, asked


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = shelve(tmp_path / "documents")
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=FakeEmbedding()) as opened:
        opened.sync()
        yield opened


def assistant(index: Index, writer: LanguageModel) -> Assistant:
    made = Assistant(index, AnsweringSettings(answered_at_least=0.5), model=writer)
    made._reader = WordReader()  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(
    "reply",
    [
        garbage, dies, hangs, endless, drips, wrong_logprobs, busy("9999")[0],
        says(""), says(" \n\n"), says("\u0000\ufffd{}{}{}"), says("The treaty, the treaty, " * 40),
        says("The river treaty was si", done=False), says('{"answer": '), says("x" * 3000),
    ],
)  # fmt: skip
def test_nonsense_of_any_kind_falls_back_to_quotation(index: Index, reply: Reply) -> None:
    settings = AnsweringSettings(endpoint="set below", model="m", patience=1.0, longest=2.0)
    with endpoint(reply) as address:
        writer = LanguageModel(
            language_model._client(address, "m", settings), name="m", settings=settings
        )
        answer = assistant(index, writer).ask(ASK)
        writer.close()
    assert [s.text for s in answer.sentences] == [QUOTE]
    assert answer.dropped and all(d.reason for d in answer.dropped)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_is_asked_again_when_it_says(status: int) -> None:
    reply, asked = busy("0", "1", status=status)
    with endpoint(reply) as address:
        assert model(address).write("system", "user") == "Ana Lund."
    assert len(asked) == 3
    assert asked[2] - asked[1] >= 1.0


@pytest.mark.parametrize("told", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_nobody_waits_for_a_server_that_wants_to_be_asked_much_later(told: str) -> None:
    reply, asked = busy(told)
    with endpoint(reply) as address, pytest.raises(ModelError, match="429"):
        model(address).write("system", "user")
    assert len(asked) == 1


def test_a_server_that_is_always_busy_is_given_up() -> None:
    reply, asked = busy(*["0"] * 9)
    with endpoint(reply) as address, pytest.raises(ModelError, match="429"):
        model(address).write("system", "user")
    assert len(asked) == language_model.ATTEMPTS


def test_closing_the_model_frees_whoever_waits_for_it() -> None:
    with endpoint(hangs) as address:
        writer = model(address, patience=60)
        threading.Timer(0.3, writer.close).start()
        with pytest.raises(ModelError, match="was stopped"):
            list(writer.stream("system", "user"))
        with pytest.raises(ModelError, match="was stopped"):
            list(writer.stream("system", "user"))


class Local:
    """A local server that answers as the next reply of the list says."""

    replies: list[Reply] = []
    started = 0
    fails = False

    def __init__(self, weights: Path) -> None:
        type(self).started += 1
        if self.fails:
            raise ModelError("The language model 'm' could not be started (no memory).")
        self._endpoint = endpoint(self.replies.pop(0))
        self.address = self._endpoint.__enter__().removesuffix("/v1")
        self.is_running = True

    def close(self) -> None:
        if self.is_running:
            self._endpoint.__exit__(None, None, None)
        self.is_running = False


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> type[Local]:
    monkeypatch.setattr(Local, "replies", [])
    monkeypatch.setattr(Local, "started", 0)
    monkeypatch.setattr(language_model, "LocalServer", Local)
    monkeypatch.setattr(language_model, "weights_of", lambda *_, **__: ("m", Path("m.gguf")))
    return Local


def opened(**settings: float) -> LanguageModel:
    return LanguageModel.open(AnsweringSettings(**settings), home=Path("unused"))  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [hangs, dies])
def test_a_local_model_that_breaks_is_started_again_for_the_next_question(
    index: Index, local: type[Local], first: Reply
) -> None:
    local.replies[:] = [first, says("The river treaty was signed by Ana Lund.")]
    writer = opened(patience=0.5)
    made = assistant(index, writer)
    broken = made.ask(ASK)
    assert [s.text for s in broken.sentences] == [QUOTE]
    assert "started again for the next question" in broken.dropped[0].reason
    assert made.ask(ASK).sentences[0].text == "The river treaty was signed by Ana Lund."
    assert local.started == 2
    writer.close()


def test_a_local_model_that_was_killed_is_started_again(local: type[Local]) -> None:
    local.replies[:] = [answers, answers]
    writer = opened()
    assert writer.write("system", "user") == "Ana Lund."
    assert writer._server is not None
    writer._server.close()
    assert writer.write("system", "user") == "Ana Lund."
    assert local.started == 2
    writer.close()


def refuses_to_speak(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()  # as a process does that dies before it says a word


def test_a_local_model_that_dies_before_it_says_a_word_is_started_again_at_once(
    local: type[Local],
) -> None:
    local.replies[:] = [refuses_to_speak, answers]
    writer = opened()
    assert writer.write("system", "user") == "Ana Lund."
    assert local.started == 2
    local.replies[:] = [refuses_to_speak, refuses_to_speak]
    assert writer._server is not None
    writer._server.close()
    with pytest.raises(ModelError, match="started again for the next question"):
        writer.write("system", "user")
    assert local.started == 4
    writer.close()


def test_a_model_for_which_there_is_no_memory_is_not_started_at_every_question(
    local: type[Local], monkeypatch: pytest.MonkeyPatch
) -> None:
    local.replies[:] = [answers, answers]
    writer = opened()
    assert writer._server is not None
    writer._server.close()
    monkeypatch.setattr(Local, "fails", True)
    for _ in range(3):
        with pytest.raises(ModelError, match="could not be started"):
            writer.write("system", "user")
    assert local.started == 2
    monkeypatch.setattr(Local, "fails", False)
    monkeypatch.setattr(language_model, "RESTS", 0.0)
    writer._rests_until = 0.0
    assert writer.write("system", "user") == "Ana Lund."
    writer.close()


def test_the_clock_of_the_wall_may_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = itertools.cycle([0.0, 4e9, -4e9])
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    with endpoint(answers) as address:
        assert model(address, patience=5).write("system", "user") == "Ana Lund."


def test_a_pump_ends_with_its_source_at_its_limits_and_when_told() -> None:
    never = threading.Event()
    assert list(pump(lambda: iter("abc"), stall=9, whole=9, left=never)) == ["a", "b", "c"]

    def stuck() -> Iterator[str]:
        yield "a"
        never.wait(5)

    got: list[str] = []
    with pytest.raises(TooSlow):
        got.extend(pump(stuck, stall=0.3, whole=9, left=never))
    with pytest.raises(TooSlow):
        list(pump(stuck, stall=9, whole=0.3, left=never))
    told = threading.Event()
    told.set()
    with pytest.raises(Left):
        list(pump(stuck, stall=9, whole=9, left=told))
    never.set()
