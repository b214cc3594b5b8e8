"""The HTTP API in this process: questions, documents, health, and errors that say one sentence."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.answer import Citation, Stage
from qa.serve import api_events
from qa.serve.api import application
from qa.serve.api_files import take
from qa.serve.api_forms import AnswerForm
from qa.serve.line import Line
from qa.settings import ServingSettings
from sources import UnreadableFile
from tests.fakes_serve import APPLE, ASK, ASK_NOTHING, RIVER, SAID, Gated, gated, shelve

HERE = "http://127.0.0.1:7860"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shelve(tmp_path / "documents")


@pytest.fixture
def assistant(folder: Path, tmp_path: Path) -> Gated:
    return gated(folder, tmp_path / "home")


@pytest.fixture
def line(assistant: Gated) -> Line:
    return Line(assistant, ServingSettings(waiting=0))


@pytest.fixture
def client(line: Line, folder: Path) -> Iterator[TestClient]:
    line.begin()
    line.ready.exception(30)
    app = application(line, ServingSettings(largest_upload=4000), folder=folder)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as made:
        yield made


def events(text: str) -> list[tuple[str, Any]]:
    """Read server-sent events as (name, data)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(x.split(": ", 1) for x in block.splitlines() if not x.startswith(":"))
        if fields:
            found.append((fields.get("event", ""), json.loads(fields["data"])))
    return found


def sentence(reply: Any, status: int) -> str:
    """Return the one sentence of an error."""
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"].endswith((".", "`.")) and "\n" not in error["message"]
    return str(error["message"])


# ---- questions


def test_an_answer_is_the_json_of_the_command_line_with_exact_quotations(
    client: TestClient,
) -> None:
    reply = client.post("/api/ask", json={"question": ASK})
    assert reply.status_code == 200
    told = reply.json()
    assert set(told) == set(AnswerForm.model_fields)
    assert told["answer"] == SAID and not told["abstained"]
    for cited in told["citations"]:
        assert RIVER[cited["start"] : cited["end"]] == cited["quote"]


def test_an_abstention_is_an_answer_with_its_reason(client: TestClient) -> None:
    told = client.post("/api/ask", json={"question": ASK_NOTHING}).json()
    assert told["abstained"] and told["reason"] == told["answer"] and not told["citations"]


def test_history_language_and_paths_reach_the_assistant(
    client: TestClient, assistant: Gated
) -> None:
    form = {"question": ASK, "history": [["q", "a"]], "paths": ["apple.txt"], "language": "en"}
    told = client.post("/api/ask", json=form).json()
    assert assistant.asked == [(ASK, (("q", "a"),))]
    assert {passage["file"] for passage in told["passages"]} <= {"apple.txt"}


def test_a_stream_tells_stages_then_sentences_then_the_answer(client: TestClient) -> None:
    reply = client.post("/api/ask/stream", json={"question": ASK})
    assert reply.headers["content-type"].startswith("text/event-stream")
    told = events(reply.text)
    names = [name for name, _ in told]
    assert names == sorted(names, key=["stage", "sentence", "answer"].index)
    assert [data["name"] for name, data in told if name == "stage"] == [
        "retrieving",
        "reading",
        "writing",
    ]
    whole = client.post("/api/ask", json={"question": ASK}).json()
    assert told[-1][1]["sentences"] == whole["sentences"] == [told[-2][1]]


def test_what_breaks_after_the_stream_began_is_an_event_without_its_words(
    client: TestClient, assistant: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, *_: object, **__: object) -> object:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("qa.turn.Turn.read", broken)
    told = events(client.post("/api/ask/stream", json={"question": ASK}).text)
    assert told[-1][0] == "error"
    assert "secret" not in json.dumps(told) and told[-1][1]["error"]["type"] == "server_error"
    assert "secret" not in sentence(client.post("/api/ask", json={"question": ASK}), 500)


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"question": "?"}, 400, "nothing to search for"),
        ({"question": "x" * 3000}, 400, "3,000 characters"),
        ({"question": ASK, "paths": ["nowhere.txt"]}, 404, "nowhere.txt"),
        ({}, 422, "question"),
        ({"question": ASK, "languages": "en"}, 422, "languages"),
        ({"question": ASK, "language": "xx"}, 422, "language"),
        ({"question": 7}, 422, "question"),
    ],
)
def test_a_question_that_cannot_be_used_is_refused_in_one_sentence(
    client: TestClient, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    assert said in sentence(client.post(path, json=body), status)


def test_a_body_that_is_no_json_is_refused(client: TestClient) -> None:
    head = {"content-type": "application/json"}
    assert "no JSON" in sentence(client.post("/api/ask", content="{", headers=head), 422)


def test_a_full_line_says_when_to_come_back(client: TestClient, line: Line) -> None:
    with line._place("page", ""):
        reply = client.post("/api/ask", json={"question": ASK})
        assert "wait" in sentence(reply, 429) and int(reply.headers["retry-after"]) > 0
        sentence(client.post("/api/ask/stream", json={"question": ASK}), 429)
    assert client.post("/api/ask", json={"question": ASK}).status_code == 200


# ---- health


def test_while_models_load_the_server_lives_but_is_not_ready(
    assistant: Gated, line: Line, folder: Path
) -> None:
    assistant.loaded.clear()
    line.begin()
    with TestClient(application(line, ServingSettings(), folder=folder), base_url=HERE) as client:
        assert client.get("/healthz").text == "ok"
        reply = client.get("/readyz")
        assert reply.status_code == 503 and reply.json()["loading"] == ["reader"]
        assert reply.headers["retry-after"]
        refused = client.post("/api/ask", json={"question": ASK})
        assert "loading (reader)" in sentence(refused, 503) and refused.headers["retry-after"]
        assistant.loaded.set()
        line.ready.result(30)
        assert client.get("/readyz").json() == {"ready": True, "loading": [], "problem": None}


def test_models_that_failed_to_load_are_told(assistant: Gated, line: Line, folder: Path) -> None:
    assistant.fails = UnreadableFile("The weights are broken.")
    line.begin()
    line.ready.exception(30)
    with TestClient(application(line, ServingSettings(), folder=folder), base_url=HERE) as client:
        reply = client.get("/readyz")
        assert reply.status_code == 503 and "weights are broken" in reply.json()["problem"]


def test_metrics_count_questions_and_never_tell_them(client: TestClient) -> None:
    client.post("/api/ask", json={"question": ASK})
    client.post("/api/ask", json={"question": ASK_NOTHING})
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = reply.text.splitlines()
    assert 'footnote_questions_total{way="api"} 2.0' in lines
    assert 'footnote_abstentions_total{way="api"} 1.0' in lines
    assert "footnote_questions_waiting 0.0" in lines
    assert "footnote_answer_seconds_count 2.0" in lines
    assert not any(word in reply.text for word in ("treaty", "violinist", "Lund"))


# ---- documents


def sync(client: TestClient) -> dict[str, Any]:
    *steps, (name, report) = events(client.post("/api/sync").text)
    assert {step for step, _ in steps} == {"progress"} and name == "report"
    return dict(report)


def test_documents_are_listed_with_what_is_skipped(client: TestClient, folder: Path) -> None:
    (folder / "empty.txt").write_text("", encoding="utf-8")
    assert sync(client)["skipped"][0]["path"] == "empty.txt"
    told = client.get("/api/documents").json()
    assert [document["path"] for document in told["documents"]] == ["apple.txt", "river.txt"]
    assert told["documents"][0]["characters"] == len(APPLE)
    assert told["passages"] == 2 and told["skipped"][0]["reason"]


def test_an_uploaded_file_is_found_after_a_sync_and_gone_after_its_removal(
    client: TestClient, folder: Path
) -> None:
    text = "A robot was painted green by Olga Brandt in the yard."
    reply = client.post("/api/documents", files=[("files", ("notes/green.md", text.encode()))])
    assert reply.status_code == 201
    assert reply.json() == {"saved": ["notes/green.md"], "refused": []}
    report = sync(client)
    assert report["added"] == 1 and report["unchanged"] == 2
    form = {"question": "Who painted the robot green?", "paths": ["notes/green.md"]}
    assert client.post("/api/ask", json=form).json()["citations"][0]["file"] == "notes/green.md"
    assert client.delete("/api/documents/notes/green.md").json() == {"removed": "notes/green.md"}
    assert not (folder / "notes" / "green.md").exists()
    assert sync(client)["removed"] == 1
    assert sentence(client.post("/api/ask", json=form), 404)
    assert sentence(client.delete("/api/documents/notes/green.md"), 404)


@pytest.mark.parametrize(
    "name",
    [
        "../out.md", "/tmp/out.md", "a/../../out.md", "..\\out.md", "C:out.md", ".hidden.md",
        "a\u202eb.md", "x" * 300 + ".md", "..", "run.exe",
    ],
)  # fmt: skip
def test_no_name_writes_outside_the_folder_or_hides(
    client: TestClient, folder: Path, tmp_path: Path, name: str
) -> None:
    before = sorted(tmp_path.rglob("*.md")) + sorted(folder.rglob("*"))
    reply = client.post("/api/documents", files=[("files", (name, b"text"))])
    assert sentence(reply, 400).startswith("Nothing was saved")
    assert sorted(tmp_path.rglob("*.md")) + sorted(folder.rglob("*")) == before


def test_a_name_with_a_nul_is_refused_like_any_other(folder: Path) -> None:
    refused = take("a\0b.md", io.BytesIO(b"text"), 4, folder, {".md"})
    assert refused and refused.status == 400


def test_nothing_is_overwritten_and_the_others_are_saved(client: TestClient, folder: Path) -> None:
    again = ("files", ("apple.txt", b"Another apple."))
    assert "apple.txt" in sentence(client.post("/api/documents", files=[again]), 409)
    reply = client.post("/api/documents", files=[again, ("files", ("pear.txt", b"A pear."))])
    assert reply.status_code == 201 and reply.json()["saved"] == ["pear.txt"]
    assert reply.json()["refused"][0]["name"] == "apple.txt"
    assert (folder / "apple.txt").read_text(encoding="utf-8") == APPLE


@pytest.mark.parametrize("declared", [True, False])
def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(
    client: TestClient, folder: Path, declared: bool
) -> None:
    head = {"content-type": "multipart/form-data; boundary=b"}
    part = b'--b\r\ncontent-disposition: form-data; name="files"; filename="big.md"\r\n\r\n'
    body = part + b"x" * 5000 + b"\r\n--b--\r\n"
    sent = body if declared else iter([body[:2000], body[2000:4500], body[4500:]])
    reply = client.post("/api/documents", content=sent, headers=head)
    assert "4,000 bytes" in sentence(reply, 413)
    assert not (folder / "big.md").exists()


@pytest.mark.parametrize(
    "path", ["../outside.md", "..%2Foutside.md", "%2e%2e/outside.md", "/etc/passwd", "nothing.md"]
)
def test_only_listed_files_of_the_folder_are_removed(
    client: TestClient, tmp_path: Path, path: str
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("keep me", encoding="utf-8")
    assert client.delete(f"/api/documents/{path}").status_code in (404, 405)
    assert outside.exists()


def test_a_listed_file_behind_a_link_out_of_the_folder_is_not_touched(
    client: TestClient, folder: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (folder / "sub").mkdir()
    (folder / "sub" / "pear.txt").write_text("A pear and an apple.", encoding="utf-8")
    sync(client)
    (folder / "sub").rename(away / "sub")
    (folder / "sub").symlink_to(away / "sub")
    assert client.delete("/api/documents/sub/pear.txt").status_code in (404, 409)
    assert (away / "sub" / "pear.txt").exists()
    reply = client.post("/api/documents", files=[("files", ("sub/new.md", b"text"))])
    sentence(reply, 400)
    assert not (away / "sub" / "new.md").exists()


def test_two_syncs_at_once_are_refused_not_queued(client: TestClient, line: Line) -> None:
    from index.lock import only_writer

    with only_writer(line.index.location / "writer.lock", line.index.folder):
        assert "brought up to date" in sentence(client.post("/api/sync"), 409)
    assert sync(client)["unchanged"] == 2


# ---- the rest


@pytest.mark.parametrize("path", ["/api/nothing", "/v1/nothing", "/api", "/mcp/nothing"])
def test_an_unknown_address_of_the_api_is_json(client: TestClient, path: str) -> None:
    assert "nothing at this address" in sentence(client.get(path), 404)


def test_a_known_address_with_the_wrong_method_says_which_is_right(client: TestClient) -> None:
    reply = client.get("/api/ask")
    sentence(reply, 405)
    assert "POST" in reply.headers["allow"]


def test_the_description_has_an_example_for_every_form_and_no_scripts(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    assert {"/api/ask", "/api/ask/stream", "/api/documents", "/api/sync", "/healthz", "/readyz",
            "/metrics", "/v1/chat/completions", "/v1/models"} <= set(told["paths"])  # fmt: skip
    schemas = told["components"]["schemas"]
    for name in ("AskForm", "AnswerForm", "ChatForm", "ErrorForm", "UploadedForm", "ReadyForm"):
        assert schemas[name]["examples"], name
    AnswerForm.model_validate({"reason": None} | schemas["AnswerForm"]["examples"][0])
    for path in told["paths"].values():
        for operation in path.values():
            assert operation.get("description") or operation.get("summary")
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_a_stage_tells_the_quotation_that_was_found_and_nothing_that_is_not_there() -> None:
    quote = Citation("ferry.md", None, 0, 5, "Ferry")
    write = api_events.writer()
    told = [write(Stage("reading")), write(Stage("writing", found=quote))]
    first, second = (json.loads(one.partition("data: ")[2]) for one in told)
    assert first == {"name": "reading", "ahead": 0}
    assert second["found"] == {
        "file": "ferry.md",
        "start": 0,
        "end": 5,
        "quote": "Ferry",
        "title": None,
    }
