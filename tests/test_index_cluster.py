"""A sync spread over a real local Ray cluster of two worker processes."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from index import Index, IndexingError, IndexSettings
from index import cluster as cluster_module
from index.fingerprint import fingerprint
from tests.fakes import FakeEmbedding


def write_all(folder: Path) -> Path:
    folder.mkdir()
    for n in range(60):
        text = "\n\n".join(f"Apple {n} of {m} by the river. " * 9 for m in range(9))
        (folder / f"{n:03}.txt").write_text(text, encoding="utf-8")
    return folder


def state(index: Index) -> dict[str, list[float]]:
    ids = [node.node_id for record in index.documents() for node in index.passages(record.path)]
    return {id: row.round(5).tolist() for id, row in index.vectors(ids).items()}


@pytest.fixture
def spread() -> Iterator["cluster_module.Spread"]:
    pytest.importorskip("ray", reason="Ray is an extra")
    made = cluster_module.Spread.over(
        FakeEmbedding(), partial(FakeEmbedding, delay=0.02), workers=2
    )
    yield made
    made.close()


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    spread: "cluster_module.Spread", tmp_path: Path
) -> None:
    folder = write_all(tmp_path / "documents")
    plain = IndexSettings(home=tmp_path / "plain")
    with Index.open(folder, plain, embedding=FakeEmbedding()) as index:
        counted = index.sync()
        alone = state(index)
    settings = IndexSettings(home=tmp_path / "spread")
    before = spread.pids
    killed = threading.Event()

    def kill() -> None:
        time.sleep(0.5)
        os.kill(before[0], signal.SIGKILL)
        killed.set()

    threading.Thread(target=kill).start()
    with Index.open(folder, settings, embedding=spread) as index:
        report = index.sync()
        assert killed.is_set(), "the sync was still at work"
        together = state(index)
        assert index.sync().embedded == 0
    assert together == alone and len(alone) == counted.passages
    assert (report.added, report.passages, report.embedded) == (
        60,
        counted.passages,
        counted.embedded,
    )
    assert len(set(before) | set(spread.pids)) == 3, "another worker took its place"


def test_an_index_is_the_same_whoever_embedded_it() -> None:
    settings = IndexSettings()
    spread = cluster_module.Spread(inner=FakeEmbedding(), workers=3)
    assert fingerprint(spread, settings) == fingerprint(FakeEmbedding(), settings)
    assert spread.at_once >= 3 * cluster_module.SHARE


def test_without_ray_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(IndexingError, match="pip install ray"):
        cluster_module.Spread.over(FakeEmbedding(), FakeEmbedding, workers=2)
