"""Libraries of many sizes, on a stock whose vectors one can work out by hand."""

from pathlib import Path

import numpy as np
import pytest

from eval.pairs import Known, Stock
from eval.scale import NEAREST, grow, unchanged
from index import Index, IndexSettings

WORDS = "harbour river boat gull rope tide crane mast sail anchor".split()


def small_stock() -> Stock:
    sentences = tuple(
        f"The {word} was seen by {number} people." for number, word in enumerate(WORDS)
    )
    questions = ("Who saw the river?", "Where is the sail?")
    vectors = np.eye(10, dtype=np.float32)
    return Stock(sentences, vectors, questions, vectors[[1, 8]])


def test_a_pair_is_the_weighted_mean_of_its_sentences_of_length_one() -> None:
    mixed = small_stock().mixed(np.array([[0, 1, 60]]))[0]
    assert np.allclose(mixed[:2], np.array([0.6, 0.4]) / np.hypot(0.6, 0.4)) and not mixed[2:].any()


def test_pairs_are_always_the_same_and_none_comes_twice() -> None:
    held = small_stock()
    pairs = held.pairs(80)
    assert len({(a, b) for a, b, _ in pairs.tolist()}) == 80 and (pairs[:, 0] != pairs[:, 1]).all()
    assert np.array_equal(held.pairs(80), pairs) and np.array_equal(held.pairs(80)[:40], pairs[:40])
    with pytest.raises(ValueError, match="10 sentences"):
        held.pairs(91)


def test_a_library_grows_and_is_searched_as_users_search_it(tmp_path: Path) -> None:
    small, large = grow(small_stock(), [20, 80], tmp_path)
    assert (small.passages, large.passages) == (20, 80)
    assert large.recall == 1.0, f"so few are all found: {NEAREST} nearest of 80"
    assert 0 < large.search_p50 <= large.search_p95 and large.lexical_p95 > 0
    assert large.disk_mib > 0 and large.memory_mib > 10 and (large.sync_passages_a_second or 0) > 0
    assert len(list((tmp_path / "documents").rglob("*.md"))) == 3


def test_what_is_embedded_is_looked_up_by_its_number() -> None:
    known = Known(stock=small_stock())
    assert np.argmax(known.get_text_embedding("Title > No 3 4 90\ntext")) == 3
    assert np.argmax(known.get_query_embedding("Where is the sail?")) == 8


def test_a_large_library_is_filled_and_what_is_filled_is_what_a_sync_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = list(grow(small_stock(), [80], tmp_path / "synced"))[0]
    monkeypatch.setattr("eval.scale.SYNCED", 10)
    filled = list(grow(small_stock(), [80], tmp_path / "filled"))[0]
    assert filled.recall == synced.recall == 1.0 and filled.sync_passages_a_second is None
    found = []
    for folder in ("synced/documents", "filled/filled-80"):
        settings = IndexSettings(home=(tmp_path / folder).parent / "home")
        with Index.open(tmp_path / folder, settings, embedding=Known(stock=small_stock())) as index:
            rest = index.passages("000/0000000.md")[1:]  # the first has the title in one of them
            vectors = index.vectors([passage.node_id for passage in rest])
            matches = index.matches("gull rope", 200, None, None)
            ids = {passage.node_id for passage in rest}
            found.append(
                (
                    [(p.node_id, p.text, p.metadata) for p in rest],
                    {id: vector.round(5).tolist() for id, vector in vectors.items()},
                    {match.id for match in matches} & ids,
                )
            )
    assert found[0] == found[1] and len(found[0][2]) > 10


def test_short_vectors_find_what_long_ones_find(tmp_path: Path) -> None:
    assert list(grow(small_stock(), [80], tmp_path, dimension=10))[0].recall == 1.0
    short = list(grow(small_stock(), [80], tmp_path / "short", dimension=2))[0]
    assert short.recall < 1.0, "two numbers do not tell ten directions apart"


def test_the_time_of_an_unchanged_folder_is_that_of_its_second_sync(tmp_path: Path) -> None:
    assert unchanged(small_stock(), tmp_path, files=20) > 0
    assert len(list((tmp_path / "files").rglob("*.md"))) == 20
