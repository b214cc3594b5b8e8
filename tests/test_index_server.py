"""A real Chroma server on loopback: two processes ask while a third brings the index up to date."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import Index, IndexSettings, Retriever, StoreError
from tests.chroma_server import ChromaServer
from tests.fakes import FakeEmbedding

ASKER = """
import json, sys, time
from pathlib import Path
from index import Index, IndexSettings, Retriever
from tests.fakes import FakeEmbedding
folder, home, url, stop = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
settings, asked, wrong, files = IndexSettings(home=home, chroma_url=url), 0, [], set()
with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
    print("asking", flush=True)
    last = False
    while not last:
        last = stop.exists()
        for hit in Retriever(index).search("the river treaty and the robot", top_k=5):
            files.add(hit.path)
            if hit.text not in Path(folder, hit.path).read_text():
                wrong.append(hit.path)
        asked += 1
print(json.dumps({"asked": asked, "wrong": wrong, "files": sorted(files)}))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run `chroma run` on a free port."""
    with closing(ChromaServer(tmp_path_factory.mktemp("chroma"))) as server:
        yield server.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number in range(6):
        text = f"The river treaty {number} was signed by a robot.\n\nAn apple fell {number} times."
        (made / f"{number}.txt").write_text(text, encoding="utf-8")
    return made


def test_a_server_gives_what_a_folder_gives(url: str, folder: Path, tmp_path: Path) -> None:
    found = []
    for settings in (
        IndexSettings(home=tmp_path / "server", chroma_url=url),
        IndexSettings(home=tmp_path / "folder"),
    ):
        with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
            assert index.sync().added == 6 and index.sync().embedded == 0
            hits = Retriever(index).search("robot treaty", top_k=4)
            found.append([(hit.id, round(hit.score, 4)) for hit in hits])
    assert found[0] == found[1] and len(found[0]) == 4
    assert not (tmp_path / "server" / "indexes" / index.location.name / "chroma").exists()


def test_two_processes_ask_while_a_third_syncs(url: str, folder: Path, tmp_path: Path) -> None:
    home, stop = tmp_path / "home", tmp_path / "stop"
    settings = IndexSettings(home=home, chroma_url=url)
    with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
        index.sync()
        arguments = [str(folder), str(home), url, str(stop)]
        askers = [
            subprocess.Popen(
                [sys.executable, "-c", ASKER, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=Path(__file__).parent.parent,
            )
            for _ in range(2)
        ]
        for asker in askers:
            assert asker.stdout is not None and asker.stdout.readline() == b"asking\n"
        for number in range(6, 12):
            text = f"The river treaty {number} and the robot, the robot, the robot."
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
            assert index.sync().added == 1
        stop.touch()
        for asker in askers:
            out, complaint = asker.communicate(timeout=120)
            assert asker.returncode == 0, complaint.decode()[-2000:]
            said = json.loads(out)
            assert said["asked"] > 1 and said["wrong"] == []
            assert set(said["files"]) & {f"{n}.txt" for n in range(6, 12)}, "new ones are found"


def test_a_server_that_is_not_there_is_one_sentence_with_advice(tmp_path: Path) -> None:
    settings = IndexSettings(home=tmp_path / "home", chroma_url="http://127.0.0.1:9")
    (tmp_path / "a.txt").write_text("An apple.", encoding="utf-8")
    with (
        Index.open(tmp_path, settings, embedding=FakeEmbedding()) as index,
        pytest.raises(StoreError, match="127.0.0.1:9"),
    ):
        index.sync()
