import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import BusyError, Index, IndexingError, IndexSettings, Progress, Retriever, StoreError
from index.lock import only_writer
from index.store import Store
from tests.fakes import FakeEmbedding

TEXTS = {
    "apple.txt": "The apple fell from the tree. Nobody picked it up.\n",
    "deep/river.txt": "A river runs through the valley. It floods in spring.\n",
    "robot.txt": "The robot was built in 2031. It walks on three legs.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_all(tmp_path / "documents", TEXTS)


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    return IndexSettings(home=tmp_path / "home")


@pytest.fixture
def fake() -> FakeEmbedding:
    return FakeEmbedding()


@pytest.fixture
def index(folder: Path, settings: IndexSettings, fake: FakeEmbedding) -> Iterator[Index]:
    with Index.open(folder, settings, embedding=fake) as opened:
        yield opened


def write_all(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def state(index: Index) -> dict[str, tuple[str, ...]]:
    """Each document with its passages' ids, checked against what Chroma really holds."""
    held = {r.path: tuple(n.node_id for n in index.passages(r.path)) for r in index.documents()}
    every = {id for ids in held.values() for id in ids}
    store = Store(index.location / "chroma")
    (name,) = store.names("footnote-")
    assert store.ids(name) == every
    assert set(store.vectors(name, sorted(every))) == every
    store.close()
    return held


def test_a_first_sync_indexes_every_file(index: Index, fake: FakeEmbedding) -> None:
    report = index.sync()
    assert (report.added, report.changed, report.removed, report.unchanged) == (3, 0, 0, 0)
    assert report.embedded == report.passages == len(fake.embedded) == 3
    assert sorted(state(index)) == sorted(TEXTS)


def test_a_second_sync_of_an_unchanged_folder_embeds_nothing(
    index: Index, fake: FakeEmbedding
) -> None:
    index.sync()
    fake.embedded.clear()
    report = index.sync()
    assert (report.unchanged, report.embedded, fake.embedded) == (3, 0, [])


def test_a_changed_file_is_embedded_again_and_nothing_else_is(
    index: Index, folder: Path, fake: FakeEmbedding
) -> None:
    index.sync()
    fake.embedded.clear()
    (folder / "robot.txt").write_text("The robot was taken apart in 2040.\n")
    report = index.sync()
    assert (report.changed, report.unchanged) == (1, 2)
    assert fake.embedded == ["The robot was taken apart in 2040."]
    assert [n.text for n in index.passages("robot.txt")] == fake.embedded
    state(index)


def test_a_touched_file_with_the_same_bytes_is_unchanged(
    index: Index, folder: Path, fake: FakeEmbedding
) -> None:
    index.sync()
    fake.embedded.clear()
    os.utime(folder / "robot.txt", ns=(1, 1))
    assert index.sync().unchanged == 3
    assert fake.embedded == []


def test_a_removed_file_disappears(index: Index, folder: Path) -> None:
    index.sync()
    (folder / "robot.txt").unlink()
    assert index.sync().removed == 1
    assert "robot.txt" not in state(index)
    assert all(hit.path != "robot.txt" for hit in Retriever(index).search("robot"))
    with pytest.raises(IndexingError, match=r"No document is indexed under 'robot\.txt'"):
        index.document("robot.txt")


def test_a_renamed_file_moves_without_being_embedded_again(
    index: Index, folder: Path, fake: FakeEmbedding
) -> None:
    index.sync()
    fake.embedded.clear()
    (folder / "robot.txt").rename(folder / "automaton.txt")
    report = index.sync()
    assert (report.added, report.removed, report.embedded) == (1, 1, 0)
    assert sorted(state(index)) == ["apple.txt", "automaton.txt", "deep/river.txt"]
    assert Retriever(index).search("robot")[0].path == "automaton.txt"


def test_duplicate_content_is_stored_once_under_all_its_paths(
    index: Index, folder: Path, fake: FakeEmbedding
) -> None:
    write_all(folder, {"copy.txt": TEXTS["robot.txt"]})
    index.sync()
    assert len(fake.embedded) == 3
    (record,) = [r for r in index.documents() if r.also_at]
    assert {record.path, *record.also_at} == {"copy.txt", "robot.txt"}
    assert index.document("copy.txt").id_ == index.document("robot.txt").id_ == record.path
    assert [h.path for h in Retriever(index).search("robot", paths=["robot.txt"])] == [record.path]


def test_a_duplicate_outlives_the_file_that_held_the_content(
    index: Index, folder: Path, fake: FakeEmbedding
) -> None:
    write_all(folder, {"copy.txt": TEXTS["robot.txt"]})
    index.sync()
    holder = next(r for r in index.documents() if r.also_at)
    fake.embedded.clear()
    (folder / holder.path).unlink()
    assert index.sync().embedded == 0
    assert sorted(state(index)) == sorted({"apple.txt", "deep/river.txt", *holder.also_at})


def test_an_unreadable_file_is_skipped_with_a_reason_until_it_changes(
    index: Index, folder: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    first = index.sync()
    assert [skipped.path for skipped in first.skipped] == ["broken.pdf"]
    assert len(index.documents()) == 3
    seen: list[Progress] = []
    assert index.sync(seen.append).skipped == first.skipped == index.status().skipped
    assert not [p for p in seen if p.stage == "embedding" and p.path]
    (folder / "broken.pdf").unlink()
    assert index.sync().skipped == ()


def test_an_empty_folder_gives_an_empty_index_and_no_hits(
    tmp_path: Path, settings: IndexSettings, fake: FakeEmbedding
) -> None:
    (tmp_path / "empty").mkdir()
    with Index.open(tmp_path / "empty", settings, embedding=fake) as index:
        with pytest.raises(IndexingError, match="not indexed yet"):
            Retriever(index).search("apple")
        assert index.sync().passages == 0
        assert Retriever(index).search("apple") == []


def test_progress_ends_at_its_total_in_every_stage(index: Index) -> None:
    seen: list[Progress] = []
    index.sync(seen.append)
    assert {p.stage for p in seen} == {"looking", "embedding", "cleaning"}
    last = {p.stage: p for p in seen}
    assert all(p.done == p.total for p in last.values())


def test_a_document_is_kept_as_it_was_when_indexed(index: Index, folder: Path) -> None:
    index.sync()
    before = index.document("robot.txt").text
    (folder / "robot.txt").write_text("Something else.\n")
    assert index.document("robot.txt").text == before == TEXTS["robot.txt"]


def test_another_writer_is_told_to_wait(index: Index, folder: Path) -> None:
    lock = only_writer(index.location / "writer.lock", folder)
    with lock, pytest.raises(BusyError, match="wait"):
        index.sync()
    assert index.sync().added == 3


@pytest.mark.parametrize("change", ["model", "rules"])
def test_another_fingerprint_builds_anew_and_replaces_the_old_index_at_once(
    index: Index, folder: Path, settings: IndexSettings, change: str
) -> None:
    index.sync()
    old = state(index)
    other = FakeEmbedding(model_name="other" if change == "model" else "fake")
    new = replace(settings, passage_tokens=80 if change == "rules" else settings.passage_tokens)
    with Index.open(folder, new, embedding=other) as changed:
        with pytest.raises(IndexingError, match="made with other settings"):
            Retriever(changed).search("robot")
        assert Retriever(index).search("robot")[0].path == "robot.txt"
        report = changed.sync()
        assert report.embedded == len(other.embedded) == 3
        assert state(changed) == old
        assert Retriever(changed).search("robot")[0].path == "robot.txt"
    with pytest.raises(IndexingError, match="made with other settings"):
        Retriever(index).search("robot")


class Stopped(Exception):
    """Stands for whatever ends a process."""


@pytest.mark.parametrize("calls", range(1, 14))
def test_a_sync_that_stops_anywhere_is_finished_by_the_next(
    index: Index, folder: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Change, remove, rename and add; stop before the n-th write to Chroma or SQLite."""
    index.sync()
    (folder / "robot.txt").write_text("The robot was taken apart in 2040.\n")
    (folder / "apple.txt").unlink()
    (folder / "deep/river.txt").rename(folder / "stream.txt")
    write_all(folder, {"treaty.txt": "The treaty was signed.\n"})
    left = calls

    def stop_at(name: str, holder: object) -> None:
        real = getattr(holder, name)

        def wrapped(*args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Stopped
            return real(*args, **options)

        monkeypatch.setattr(holder, name, wrapped)

    for name in ("commit", "set_files", "forget", "activate"):
        stop_at(name, index._manifest)
    for name in ("upsert", "delete"):
        stop_at(name, index._store)
    with contextlib.suppress(Stopped):
        index.sync()
    monkeypatch.undo()
    index.sync()
    assert sorted(state(index)) == ["robot.txt", "stream.txt", "treaty.txt"]
    assert [n.text for n in index.passages("robot.txt")] == ["The robot was taken apart in 2040."]


def test_code_that_reads_differently_reads_all_files_again_but_embeds_only_what_differs(
    index: Index, folder: Path, fake: FakeEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    index.sync()
    before = state(index)
    fake.embedded.clear()
    monkeypatch.setattr("index.index.reading", lambda: "another")
    seen: list[Progress] = []
    assert index.sync(seen.append).unchanged == 4
    assert len({p.path for p in seen if p.stage == "embedding" and p.path}) == 4
    assert (state(index), fake.embedded) == (before, [])


def test_lost_vectors_are_made_again(
    folder: Path, settings: IndexSettings, fake: FakeEmbedding
) -> None:
    with Index.open(folder, settings, embedding=fake) as index:
        index.sync()
        (name,) = index._store.names("footnote-")
        index._store.drop(name)
        index.sync()
        assert len(state(index)) == 3
        assert Retriever(index).search("robot")[0].dense_rank == 1


def test_a_home_that_is_a_file_is_refused_with_a_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="FOOTNOTE_HOME"):
        Index.open(folder, IndexSettings(home=tmp_path / "file"), embedding=FakeEmbedding())
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "file"))
    with pytest.raises(IndexingError, match="not a folder"):
        IndexSettings.from_environment()


CHILD = """
import sys
from pathlib import Path
from index import Index, IndexSettings
from tests.fakes import FakeEmbedding
folder, home = map(Path, sys.argv[1:])
with Index.open(folder, IndexSettings(home=home), embedding=FakeEmbedding(delay=0.02)) as index:
    told = set()
    def tell(progress):
        if progress not in told:  # while a file is read, its step is told again and again
            told.add(progress)
            print(progress.stage, flush=True)
    index.sync(tell)
"""


def test_a_sync_killed_in_the_middle_goes_on_to_the_state_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    texts = {
        f"{n:03}.txt": "\n\n".join(f"Apple {n} of {m}. " * 8 for m in range(9)) for n in range(90)
    }
    folder = write_all(tmp_path / "documents", texts)
    command = [sys.executable, "-c", CHILD, str(folder), str(tmp_path / "killed")]
    for documents in (20, 33):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
        assert child.stdout is not None
        while documents:
            line = child.stdout.readline()
            assert line, "the child ended by itself"
            documents -= line == b"embedding\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        child.stdout.close()
    states, embedded = [], []
    for home in ("killed", "undisturbed"):
        settings = IndexSettings(home=tmp_path / home)
        with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
            embedded.append(index.sync().embedded)
            states.append(state(index))
    assert states[0] == states[1]
    assert len(states[0]) == 90
    assert 0 < embedded[0] < embedded[1]
