"""A damaged index is noticed, set aside, and made again from the documents, with one message."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index import Index, IndexSettings, Retriever
from index.damage import Presence
from index.errors import DamagedError, StoreError
from tests.fakes import FakeEmbedding
from tests.torture import shelf
from tests.torture.deeds import held

ROOT = Path(__file__).parents[1]
Harm = Callable[[Path], None]


def garbage(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(file.stat().st_size))


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def scratched(file: Path) -> None:
    """Spoil all pages but the first."""
    data = file.read_bytes()
    file.write_bytes(data[:4096] + bytes(byte ^ 0xFF for byte in data[4096:]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shelf.write(tmp_path / "documents", shelf.BEFORE)
    return tmp_path / "documents"


def synced(folder: Path, home: Path, fake: FakeEmbedding | None = None) -> tuple[str, ...]:
    settings = IndexSettings(home=home)
    with Index.open(folder, settings, embedding=fake or FakeEmbedding()) as index:
        mended = index.sync().mended
        assert Retriever(index).search("Where did the robot cross the river?")
        assert index.sync().mended == ()
    return mended


def place(home: Path) -> Path:
    (found,) = [path for path in (home / "indexes").iterdir() if path.is_dir()]
    return found


@pytest.mark.parametrize("harm", [garbage, half, scratched])
@pytest.mark.parametrize("name", ["index.sqlite", "chroma/chroma.sqlite3"])
def test_a_damaged_file_is_set_aside_and_the_index_is_as_it_was(
    folder: Path, tmp_path: Path, name: str, harm: Harm
) -> None:
    home = tmp_path / "home"
    assert synced(folder, home) == ()
    before = held(str(home))
    harm(place(home) / name)
    spoilt = (place(home) / name).read_bytes()
    fake = FakeEmbedding()
    (said,) = synced(folder, home, fake)
    assert "was damaged; it is set aside as" in said and "\n" not in said
    every = [path for path in place(home).iterdir() if ".damaged-" in path.name]
    (aside,) = [path for path in every if not path.name.endswith(("-wal", "-shm"))]
    assert aside.name in said
    kept = aside if aside.is_file() else aside / "chroma.sqlite3"
    assert kept.read_bytes()[:9999] == spoilt[:9999]
    assert held(str(home)) == before
    assert bool(fake.embedded) == name.startswith("chroma")  # sound vectors are used on


def test_vectors_that_are_gone_are_made_again(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    synced(folder, home)
    before = held(str(home))
    (place(home) / "chroma" / "chroma.sqlite3").unlink()
    synced(folder, home)
    assert held(str(home)) == before


def test_damage_that_shows_while_asking_says_to_sync(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    synced(folder, home)
    scratched(place(home) / "index.sqlite")
    settings = IndexSettings(home=home)
    with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
        with pytest.raises(DamagedError, match="is damaged .*; sync the folder"):
            index.documents()
        (said,) = index.sync().mended
        assert "was damaged" in said and len(index.documents()) == len(shelf.BEFORE) - 1


def test_a_database_that_may_not_be_opened_is_not_taken_for_damaged(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    synced(folder, home)
    file = place(home) / "index.sqlite"
    file.rename(file.with_name("away"))
    file.mkdir()
    with pytest.raises(StoreError) as told:
        Index.open(folder, IndexSettings(home=home), embedding=FakeEmbedding())
    assert not isinstance(told.value, DamagedError)
    assert [path.name for path in place(home).iterdir() if "damaged" in path.name] == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from index import Index, IndexSettings
from tests.fakes import FakeEmbedding
index = Index.open(Path(sys.argv[1]), IndexSettings(home=Path(sys.argv[2])), embedding=FakeEmbedding())
index.sync()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_torn_graph_that_would_end_the_reading_process_is_found_by_another(
    tmp_path: Path,
) -> None:
    """Chroma maps its graph into memory from a thousand passages on."""
    folder, home = tmp_path / "documents", tmp_path / "home"
    sentences = [f"Robot {n} crossed the river on day {n}." for n in range(1300)]
    shelf.write(folder, {"days.md": "".join(f"# Day {s[6:9]}\n\n{s}\n\n" for s in sentences)})
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(home)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    (graph,) = (place(home) / "chroma").glob("*/data_level0.bin")
    assert (graph.parent / "index_metadata.pickle").exists()
    garbage(graph)
    (said,) = synced(folder, home)
    assert said.startswith("The vector store was damaged")
    synced(folder, tmp_path / "another")
    assert held(str(home)) == held(str(tmp_path / "another"))


def test_only_a_process_that_did_not_close_has_died(tmp_path: Path) -> None:
    def found() -> bool:
        presence = Presence(tmp_path / "chroma")
        presence.close()
        return presence.died

    other = Presence(tmp_path / "chroma")
    assert not other.died and not found()
    other.close()
    assert not found()
    (tmp_path / ".open-left").touch()
    assert found() and not found()
