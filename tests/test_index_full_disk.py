"""A disk that fills up in the middle of a sync."""

from pathlib import Path

import pytest

from index import Index, IndexSettings, Retriever, StoreError
from tests.fakes import FakeEmbedding


def test_a_full_disk_is_one_sentence_and_nothing_half_done_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("A robot crossed the river on Monday.", encoding="utf-8")
    with Index.open(
        folder, IndexSettings(home=tmp_path / "home"), embedding=FakeEmbedding()
    ) as index:
        index.sync()
        sentence = "The treaty of the river was read aloud to forty people in the square. "
        (folder / "b.txt").write_text(sentence * 4000, encoding="utf-8")
        database = index._database
        database.rows("PRAGMA max_page_count = 1")  # SQLite keeps what there is and grows no more
        with pytest.raises(StoreError, match="full") as told:
            index.sync()
        assert "\n" not in str(told.value)
        assert [d.path for d in index.documents()] == ["a.txt"]
        assert {hit.path for hit in Retriever(index).search("robot river")} == {"a.txt"}
        database.rows("PRAGMA max_page_count = 1073741823")
        report = index.sync()
        assert report.added == 1 and {d.path for d in index.documents()} == {"a.txt", "b.txt"}
