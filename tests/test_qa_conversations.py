"""Conversations on disk: what is saved comes back, whatever was said, and nothing else does."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer import Answer, Dropped, Seconds
from qa.errors import SavedError
from qa.records.conversations import Conversation, Conversations, Made, Turn, begin, folded, tidy
from tests import shelf_page as shelf


def answered(question: str = shelf.ASK_FERRY) -> Turn:
    sentences = shelf.ANSWERS.get(question, ())
    answer = Answer(
        question=question,
        language="en",
        sentences=sentences,
        abstained=not sentences,
        reason=None if sentences else "The documents do not say.",
        passages=shelf.NEAR,
        models={"language": "scripted"},
        seconds=Seconds(0.1, None, 0.5),
        dropped=(Dropped("Made up.", "not in the quotes"),),
    )
    made = Made("0123456789abcdef", {"model": "x"}, {"ferry.md": "0" * 64})
    return Turn(question, sentences, None, answer, seconds=0.5, made=made, next=("And then?",))


def kept(store: Conversations, *turns: Turn, name: str = "A name") -> Conversation:
    whole = replace(begin(name), turns=turns)
    store.save(whole)
    return whole


def test_a_conversation_comes_back_with_every_span_hash_and_rank(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    whole = kept(store, answered(), answered(shelf.ASK_NOTHING), answered(shelf.ASK_CONFLICT))
    assert Conversations(tmp_path).load(whole.id) == whole


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(st.text(max_size=200))
def test_whatever_was_asked_comes_back_as_it_was_asked(tmp_path: Path, said: str) -> None:
    store = Conversations(tmp_path)
    whole = kept(store, Turn(said, stage=None), name=said)
    assert store.load(whole.id).turns[0].question == said


def test_every_word_sought_must_occur_in_the_name_a_question_or_an_answer(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    ferry = kept(store, answered(), name="Boats")
    light = kept(store, answered(shelf.ASK_LIGHT), name="등대")
    assert {one.id for one in store.list()} == {ferry.id, light.id}
    assert [one.id for one in store.list("boats FIRST crossing")] == [ferry.id]
    assert [one.id for one in store.list("북쪽 1931년")] == [light.id]
    assert store.list("boats 등대") == []
    assert store.list("boats")[0].turns == 1


def test_the_newest_conversation_is_listed_first(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    old = replace(kept(store, answered()), updated="2026-01-01T00:00:00+00:00")
    new = replace(kept(store, answered()), updated="2026-02-01T00:00:00+00:00")
    for one in (new, old):
        store.save(one)
    assert [one.id for one in store.list()] == [new.id, old.id]


def test_renaming_and_deleting_change_that_one_only(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    one, other = kept(store, answered()), kept(store, answered(), name="Other")
    store.rename(one.id, " Another\n name ")
    assert store.load(one.id).name == "Another name"
    store.rename(one.id, "   ")
    assert store.load(one.id).name == "Another name"
    store.delete(one.id)
    store.delete(one.id)
    assert [row.id for row in store.list()] == [other.id]
    with pytest.raises(SavedError, match="There is no conversation"):
        store.load(one.id)


def test_a_broken_file_is_named_and_does_not_hide_the_others(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    whole, broken = kept(store, answered()), kept(store, answered())
    (tmp_path / f"{broken.id}.json").write_text('{"id": 1', encoding="utf-8")
    assert [one.id for one in store.list()] == [whole.id]
    with pytest.raises(SavedError, match="cannot be read; delete it"):
        store.load(broken.id)


@pytest.mark.parametrize("id", ["../secret", "x", "", "0" * 15, "0" * 16 + "/..", "A" * 16])
def test_an_id_never_leads_to_another_file(tmp_path: Path, id: str) -> None:
    with pytest.raises(SavedError, match="is no conversation's id"):
        Conversations(tmp_path / "kept").load(id)
    with pytest.raises(SavedError, match="is no conversation's id"):
        Conversations(tmp_path / "kept").delete(id)


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SavedError, match="cannot be kept in"):
        kept(Conversations(tmp_path / "file" / "kept"), answered())


def test_saving_leaves_no_half_written_file_beside(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    whole = kept(store, answered())
    store.change(whole.id, lambda c: replace(c, turns=(*c.turns, answered())))
    assert [path.name for path in tmp_path.iterdir()] == [f"{whole.id}.json"]
    assert len(store.load(whole.id).turns) == 2


def test_a_name_is_one_line_without_controls() -> None:
    assert tidy("a\u202eb\nc\x00 d") == "ab c d"
    assert len(tidy("x" * 500)) == 80
    assert folded("ＡＢ\n c") == "ab c"
