"""Counts of words: true after every change, and the rarest first where a library is large."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Index, IndexSettings, lexical
from index.frequencies import KEPT, Frequencies
from tests.fakes import FakeEmbedding


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(6):
        rare = "The heron stood still." if number == 4 else "Nothing stood still."
        (folder / f"{number}.txt").write_text(f"The harbour of town {number}. {rare}\n", "utf-8")
    with Index.open(
        folder, IndexSettings(home=tmp_path / "home"), embedding=FakeEmbedding()
    ) as opened:
        opened.sync()
        yield opened


def counted(index: Index) -> Frequencies:
    return index._frequencies


def test_every_word_is_counted_by_the_passages_that_hold_it(index: Index) -> None:
    found = counted(index).holding("words", ["harbour", "heron", "gull"])
    assert found == {"harbour": 6, "heron": 1, "gull": 0} and counted(index).total() == 6


def test_a_change_by_any_connection_is_seen_at_once(index: Index) -> None:
    assert counted(index).holding("words", ["heron"]) == {"heron": 1}
    (index.folder / "7.txt").write_text("A heron flew.\n", "utf-8")
    with Index.open(index.folder, index.settings, embedding=FakeEmbedding()) as other:
        other.sync()
    assert counted(index).holding("words", ["heron"]) == {"heron": 2}
    (index.folder / "7.txt").unlink()
    index.sync()
    assert counted(index).holding("words", ["heron"]) == {"heron": 1}
    assert counted(index).total() == 6


def test_what_is_kept_has_an_end(index: Index) -> None:
    frequencies = counted(index)
    for at in range(0, KEPT + 400, 200):
        frequencies.holding("words", [f"w{number}" for number in range(at, at + 200)])
        assert len(frequencies._known) <= KEPT
    assert frequencies.holding("words", ["heron"]) == {"heron": 1}


def test_in_a_large_library_the_rarest_words_find_the_passage_and_the_commonest_are_not_scored(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = index.matches("Where did the heron stand in the harbour?", 10, None, None)
    assert len(whole) == 6
    monkeypatch.setattr(lexical, "SCORED", 5)
    rare = index.matches("Where did the heron stand in the harbour?", 10, None, None)
    assert [match.id for match in rare] == [whole[0].id] and 0 < rare[0].score <= 1.0


def test_a_word_is_scored_however_common_it_is_where_there_is_no_rarer_one(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "SCORED", 5)
    assert len(index.matches("harbour", 10, None, None)) == 6
