"""What is kept is listed and forgotten; documents are never touched; logs hold no words of anybody."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from index import BusyError
from index.lock import only_writer
from index.places import folder_of, name_folder
from qa.__main__ import main
from qa.privacy import forget, kept, sized
from qa.records.conversations import Conversations, begin
from tests.fakes_serve import APPLE, ASK, RIVER, gated, shelve

ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home that holds what use leaves behind, of two folders of documents."""
    for name in ("one", "two"):
        assistant = gated(shelve(tmp_path / name), tmp_path / "home")
        location = assistant.index.location
        talk = begin("Who signed the river treaty?")
        Conversations(location / "conversations" / "0123456789abcdef").save(talk)
        Conversations(location / "conversations").save(talk)
        (location / "feedback.jsonl").write_text("{}\n", encoding="utf-8")
        (location / "uploads").mkdir()
        (location / "uploads" / "half.pdf").write_bytes(b"%PDF")
        assistant.index.close()
    (tmp_path / "one" / ".removed").mkdir()
    (tmp_path / "one" / ".removed" / "old.md").write_text("old", encoding="utf-8")
    models = tmp_path / "home" / "models" / "big"
    models.mkdir(parents=True)
    (models / "weights").write_bytes(bytes(3000))
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_every_file_that_is_kept_is_listed_once_with_its_folder_of_documents(
    home: Path, tmp_path: Path
) -> None:
    rows = kept(home)
    outside = tmp_path / "one" / ".removed"
    listed = [
        file
        for row in rows
        for place in row.paths
        for file in (files(place) if place.is_dir() else {place})
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == files(home) | files(outside)
    assert sum(row.size for row in rows) == sum(path.stat().st_size for path in listed)
    assert {row.about for row in rows} == {str(tmp_path / "one"), str(tmp_path / "two"), ""}
    talks = next(row for row in rows if row.what.startswith("conversations"))
    assert talks.files == 2
    stays = {row.what.partition(" ")[0] for row in rows if not row.forgettable}
    assert stays == {"model", "documents"}


def test_the_list_says_what_is_where_and_removes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(home)
    assert main(["privacy"]) == 0
    said = capsys.readouterr().out
    assert str(home / "models") in said and "conversations: questions, answers" in said
    assert "Remove" not in said and files(home) == before


@pytest.mark.parametrize("answer", ["no", "", "y", "yes please"])
def test_nothing_is_forgotten_without_a_yes(
    home: Path, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda said: asked.append(said) or answer)
    before = files(home)
    assert main(["privacy", "--forget"]) == 1
    assert "Nothing was removed" in capsys.readouterr().out
    assert files(home) == before and "Remove these" in asked[0]


@pytest.mark.parametrize("yes", [True, False])
def test_forgetting_leaves_documents_and_weights_and_nothing_else(
    home: Path, tmp_path: Path, yes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda said: " Yes\n")
    assert main(["privacy", "--forget", *(["--yes"] if yes else [])]) == 0
    assert files(home) == {home / "models" / "big" / "weights"}
    assert (tmp_path / "one" / "river.txt").read_text(encoding="utf-8") == RIVER
    assert (tmp_path / "two" / "apple.txt").read_text(encoding="utf-8") == APPLE
    assert (tmp_path / "one" / ".removed" / "old.md").exists()
    assert main(["privacy", "--forget", "--yes"]) == 0  # there is nothing left to forget


def test_one_folder_is_forgotten_and_the_other_is_not(home: Path, tmp_path: Path) -> None:
    assert main(["privacy", "--forget", "--yes", "--sources", str(tmp_path / "one")]) == 0
    assert {row.about for row in kept(home)} == {str(tmp_path / "two"), ""}


def test_a_link_is_removed_and_what_it_leads_to_is_not(home: Path, tmp_path: Path) -> None:
    (location,) = [p for p in (home / "indexes").iterdir() if folder_of(p).endswith("one")]
    (location / "runs").symlink_to(tmp_path / "one")
    forget(home)
    assert (tmp_path / "one" / "river.txt").exists()


def test_an_index_at_work_is_not_pulled_away(home: Path) -> None:
    location = next((home / "indexes").iterdir())
    with only_writer(location / "writer.lock", location), pytest.raises(BusyError):
        forget(home)
    assert (location / "index.sqlite").exists()


def test_an_empty_home_keeps_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path / "nothing") == [] and forget(tmp_path / "nothing") == []


def test_a_name_that_was_half_written_is_written_again(tmp_path: Path) -> None:
    assert folder_of(tmp_path) == ""
    (tmp_path / "folder").write_text("/ho", encoding="utf-8")
    name_folder(tmp_path, Path("/home/서울"))
    assert folder_of(tmp_path) == "/home/서울"


def test_sizes_are_told_as_people_read_them() -> None:
    assert [sized(n) for n in (0, 1023, 1536, 2**20, 3 * 2**30)] == [
        "0 B", "1023 B", "1.5 KiB", "1.0 MiB", "3.0 GiB",
    ]  # fmt: skip


def test_a_server_writes_no_word_of_questions_documents_or_tokens_to_its_streams(
    tmp_path: Path,
) -> None:
    folder = shelve(tmp_path / "documents")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes_serve", "http", str(folder), str(tmp_path / "home")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    address = process.stdout.readline().strip()
    with httpx.Client(base_url=address, timeout=60) as client:
        while client.get("/readyz").status_code != 200:
            pass
        broken = b"%PDF-1.4 the river treaty in a broken file"
        files = [("files", ("treaty.pdf", broken)), ("files", ("treaty.md", RIVER.encode()))]
        client.post("/api/documents", files=files)
        assert "report" in client.post("/api/sync").text
        for form in ({"question": ASK}, {"question": "treaty " * 999}, {"q": "treaty"}, "treaty"):
            client.post("/api/ask", json=form, headers={"authorization": "Bearer treaty-token"})
        client.post("/api/ask/stream", json={"question": ASK})
        client.get("/treaty?treaty=treaty")
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not [word for word in ("treaty", "Lund", "river", "Apples") if word in said], said
