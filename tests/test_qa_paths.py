"""No path outside the folder of documents, by any door: what is uploaded, removed, put back, shown,
pictured, quoted, named by a receipt or a member of an archive. And nobody is asked for anything.
"""

import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.promises import promises
from index import IndexingError
from qa.page.desk import Desk
from qa.page.doors import Rooms, door
from qa.page.files import put_back, remove, save_as
from qa.records.receipt import FORM, FilesNow, verify
from qa.serve.api import application
from qa.serve.line import Line
from qa.serve.mcp_server import span
from qa.settings import ServingSettings
from sources import read, scan
from sources.loaders import SUFFIXES
from tests.fakes_serve import Gated, gated, shelve
from tests.fuzz_loaders import seeds

SECRET = "The key to the cellar is 4711 under the river stone."
CLIMBING = (
    "../secret.md", "../../etc/passwd", "a/../../secret.md", "./../secret.md", "/etc/passwd",
    "//etc/passwd", "..\\secret.md", "a\\..\\..\\secret.md", "C:\\secret.md", "C:/secret.md",
    "c:secret.md", "\\\\server\\share\\secret.md", "\\\\?\\C:\\secret.md", "file:///etc/passwd",
    "secret.md:stream", "..%2fsecret.md", "%2e%2e%2fsecret.md", "%252e%252e/secret.md",
    "..\u2215secret.md", "..\uff0fsecret.md", "\uff0e\uff0e/secret.md", "\u2025/secret.md",
    "\u2024\u2024/secret.md", "..\u2044secret.md", "..\u29f8secret.md", "..\uff3csecret.md",
    "a/\u202e../secret.md", "\u200b../secret.md", ".", "..", "/", "~/secret.md/..", "a\0.md",
    "out/secret.md",
)  # fmt: skip
WINDOWS = (
    "con.md", "NUL.md", "aux", "com1.txt", "LPT9.md", "COM\u00b9.md", "conin$.md", "a.md.", "a.md ",
    "con/x.md", "notes./x.md",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder of documents beside a secret, with links that lead to it."""
    folder = shelve(tmp_path / "documents")
    (tmp_path / "secret.md").write_text(SECRET, encoding="utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text(SECRET, encoding="utf-8")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    return folder


@pytest.fixture
def assistant(place: Path) -> Gated:
    return gated(place, place.parent / "home")


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its words, but for what the index keeps of it."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and "home" not in path.relative_to(folder).parts
    }


# ---- what comes in and goes out


@pytest.mark.parametrize("name", [*CLIMBING, *WINDOWS, "link.md"])
def test_no_name_is_written_or_moved_outside_the_folder(place: Path, name: str) -> None:
    upload = place.parent / "upload"
    upload.write_text("mine", encoding="utf-8")
    before = tree(place.parent)
    said = save_as(upload, name, place, (".md", ".txt"))
    inside = said.problem is None
    if inside:  # such as "%2e%2e": a name like any other, which nobody decodes
        del (after := tree(place.parent))[f"documents/{name}"]
        assert after == before and name.count("%")
    else:
        assert tree(place.parent) == before
    itself = inside or name == "link.md"  # a link is moved, what it leads to is not
    assert remove(name, place).problem or itself
    assert put_back(name, place).problem or itself
    secrets = tree(place.parent)
    assert secrets["secret.md"] == secrets["outside/secret.md"] == SECRET


@given(
    st.lists(
        st.sampled_from(
            ["..", ".", "/", "\\", "a", "out", ".removed", "\uff0e", "\u2215", "é", ":"]
        ),
        min_size=1,
        max_size=8,
    ).map("".join)
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_name_the_file_is_in_the_folder_or_nowhere(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    top = tmp_path_factory.mktemp("names")
    folder, outside = top / "documents", top / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "out").symlink_to(outside)
    (top / "up").write_text("mine", encoding="utf-8")
    said = save_as(top / "up", name + ".md", folder, (".md",))
    written = [path for path in top.rglob("*.md") if path.is_file()]
    assert len(written) == (said.problem is None)
    assert all(path.resolve().is_relative_to(folder.resolve()) for path in written)
    assert not any(part.startswith(".") for p in written for part in p.relative_to(top).parts)


def test_a_link_in_place_of_the_hidden_folder_leads_nothing_out(place: Path) -> None:
    (place / ".removed").symlink_to(place.parent / "outside")
    assert remove("apple.txt", place).problem and (place / "apple.txt").exists()
    (place / ".removed").unlink()
    (place / ".removed" / "out").mkdir(parents=True)
    (place / ".removed" / "out" / "new.md").write_text("x", encoding="utf-8")
    assert put_back("out/new.md", place).problem
    assert not (place.parent / "outside" / "new.md").exists()


# ---- what is shown


@pytest.fixture
def client(assistant: Gated, place: Path) -> Iterator[TestClient]:
    line = Line(assistant)
    line.begin()
    line.ready.result(30)
    app = application(line, ServingSettings(), folder=place)
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def test_every_door_shows_documents_of_the_folder_and_no_other_file(
    client: TestClient, assistant: Gated, place: Path
) -> None:
    rooms = Rooms.over(Desk(assistant, index=assistant.index, folder=place, suffixes=(".md",)))  # type: ignore[arg-type]
    opened = door(rooms, lambda: set())
    receipts = FilesNow(place)
    assert opened(["source", ["river.txt", 0, 5, {}]])["value"]["segments"]
    for name in CLIMBING:
        said = [
            str(opened(["source", [name, 0, 50, {}]])),
            str(opened(["page", [name, 1, ""]])),
            str(opened(["remove", [name, "en"]])),
            client.post("/api/ask", json={"question": "river?", "paths": [name]}).text,
            client.request("DELETE", f"/api/documents/{name.replace(chr(0), '%00')}").text,
        ]
        with pytest.raises(IndexingError):
            span(assistant.index, name, 0, 50)
        citation = {"file": name, "start": 0, "end": len(SECRET), "quote": SECRET, "sha256": ""}
        given = {"form": FORM, "turns": [{"sentences": [{"citations": [citation]}]}]}
        (checked,) = verify(given, receipts)
        assert checked.standing == "gone", name
        assert "4711" not in "".join(said) and "root:" not in "".join(said), name
    listed = client.get("/api/documents").json()
    assert {one["path"] for one in listed["documents"]} == {"apple.txt", "river.txt"}
    assert {one["path"] for one in listed["skipped"]} == {"link.md", "out"}
    assert "4711" not in str(opened(["source", ["link.md", 0, 50, {}]]))
    assert (place / "apple.txt").exists() and (place / "link.md").is_symlink()


def test_a_document_that_became_a_link_to_a_secret_is_not_pictured_or_read(
    assistant: Gated, place: Path
) -> None:
    river = place / "river.txt"
    river.unlink()
    river.symlink_to(place.parent / "secret.md")
    rooms = Rooms.over(Desk(assistant, index=assistant.index, folder=place))  # type: ignore[arg-type]
    assert door(rooms, lambda: set())(["page", ["river.txt", 1, ""]])["value"] == {"gone": True}
    assistant.index.sync()
    assert [record.path for record in assistant.index.documents()] == ["apple.txt"]


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_a_member_of_an_office_file_is_never_written_anywhere(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = next(seed[1:] for seed in seeds() if SUFFIXES[seed[0]] == suffix)
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a") as package:
        for name in ("../../climbed.xml", "/climbed.xml", "..\\climbed.xml", "word/../../climbed"):
            package.writestr(name, "<x>climbed</x>")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / f"x{suffix}").write_bytes(held.getvalue())
    document = read(scan(folder).files[0])
    assert "arbour" in document.text or "Lund" in document.text
    assert "climbed" not in document.text
    assert not list(tmp_path.rglob("*climbed*")) and not Path("/climbed.xml").exists()


# ---- nobody is asked


REACHING = {
    "page.html": '<html><head><link rel=stylesheet href="{u}/a.css"><base href="{u}/">'
    '<meta http-equiv=refresh content="0;url={u}/r"></head><body><p>The river robot at {u}/p waits.'
    '</p><img src="{u}/i.png"><iframe src="{u}/f"></iframe><script src="{u}/s.js"></script></body>',
    "entity.html": '<!DOCTYPE html [<!ENTITY x SYSTEM "{u}/x">]><p>The river robot is &x; here.</p>',
    "include.html": '<html xmlns:xi="http://www.w3.org/2001/XInclude"><p>The river robot rests.</p>'
    '<xi:include href="{u}/inc.xml" parse="text"/></html>',
    "notes.md": "---\ntitle: {u}/t\n---\n![river]({u}/i.png) The river robot reads [this]({u}/l).\n",
    "rows.csv": 'river,robot\n"=WEBSERVICE(""{u}/w"")",=IMAGE("{u}/i")\n',
}


class Reached(Exception):
    """Raised by the socket of these tests."""


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Record every attempt to reach anybody, loopback too, and let none through."""
    tried: list[Any] = []

    def refuse(*args: Any, **_: Any) -> Any:
        tried.append(args)
        raise Reached

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def _docx(url: str) -> bytes:
    from docx import Document

    made = Document()
    made.add_paragraph(f"The river robot went to {url}/docx.")
    made.part.relate_to(f"{url}/template.dotx", "http://x/attachedTemplate", is_external=True)
    made.part.relate_to(f"{url}/image.png", "http://x/image", is_external=True)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def test_neither_a_document_nor_a_question_makes_a_request(
    tmp_path: Path, reached: list[Any]
) -> None:
    url = "http://127.0.0.1:9"
    folder = shelve(tmp_path / "documents")
    for name, text in REACHING.items():
        (folder / name).write_text(text.replace("{u}", url), encoding="utf-8")
    (folder / "word.docx").write_bytes(_docx(url))
    assistant = gated(folder, tmp_path / "home")
    indexed = {record.path for record in assistant.index.documents()}
    assert {"page.html", "notes.md", "word.docx"} <= indexed
    for question in (f"What does {url}/evil say of the river robot?", "Where is the river robot?"):
        *_, answer = assistant.stream(question)
        assert answer
    assert reached == []
    with pytest.raises(Reached):  # the recorder records
        socket.create_connection(("127.0.0.1", 9))
    assert len(reached) == 1


def test_the_readme_counts_the_names_that_are_tried() -> None:
    said = [p.figure for p in promises() if "climbing names" in p.figure]
    assert [figure.split()[0] for figure in said] == [str(len(CLIMBING))]
