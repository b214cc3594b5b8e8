"""Repeated questions: answered at once, and never with what no longer stands."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import Index, IndexSettings
from qa import Answer, AnsweringSettings, Assistant, Sentence, Stage
from qa.remembered import Asked, Remembered, normal
from tests.fakes import FakeEmbedding
from tests.fakes_qa import ScriptedModel, WordReader

ASK = "Who signed the river treaty?"
ANA, PER = "The river treaty was signed by Ana Lund.", "The river treaty was signed by Per Holm."
NOTHING = "Which violinist composed symphonies underwater?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "river.txt").write_text(f"{ANA} Forty boats came.", encoding="utf-8")
    (made / "apple.txt").write_text("Apples are red. An apple fell.", encoding="utf-8")
    return made


@pytest.fixture
def index(folder: Path, tmp_path: Path) -> Iterator[Index]:
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=FakeEmbedding()) as opened:
        opened.sync()
        yield opened


def assistant(index: Index, model: ScriptedModel) -> Assistant:
    made = Assistant(index, AnsweringSettings(answered_at_least=0.5), model=model)  # type: ignore[arg-type]
    made._reader = WordReader()  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(
    "same", [ASK, "who signed  the River treaty ??", "WHO SIGNED THE RIVER TREATY"]
)
def test_a_repeated_question_is_answered_without_any_model(index: Index, same: str) -> None:
    model = ScriptedModel(ANA)
    asked = assistant(index, model)
    first = asked.ask(ASK)
    events = list(asked.stream(same))
    assert len(model.asked) == 1
    assert not any(isinstance(event, Stage) for event in events), "nothing is waited for"
    *sentences, last = events
    assert isinstance(last, Answer) and tuple(sentences) == first.sentences == last.sentences
    assert last.question == same
    assert last.seconds.total < first.seconds.total and last.seconds.first_sentence is not None


def test_after_a_change_of_a_document_it_is_answered_anew(index: Index, folder: Path) -> None:
    model = ScriptedModel(ANA, PER)
    asked = assistant(index, model)
    assert asked.ask(ASK).text == ANA
    (folder / "river.txt").write_text(f"{PER} Forty boats came.", encoding="utf-8")
    index.sync()
    changed = asked.ask(ASK)
    assert changed.text == PER and len(model.asked) == 2
    assert [c.quote for c in changed.citations] == [PER]


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_any_change_of_the_folder_counts(index: Index, folder: Path, change: str) -> None:
    before = index.state()
    assert index.sync().unchanged == 2 and index.state() == before
    if change == "added":
        (folder / "robot.txt").write_text("A robot counted.", encoding="utf-8")
    elif change == "removed":
        (folder / "apple.txt").unlink()
    else:
        (folder / "apple.txt").rename(folder / "fruit.txt")
    index.sync()
    assert index.state() != before


def test_a_change_by_another_process_counts(index: Index, folder: Path, tmp_path: Path) -> None:
    before = index.state()
    (folder / "river.txt").write_text(f"{PER} Forty boats came.", encoding="utf-8")
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=FakeEmbedding()) as other:
        other.sync()
    assert index.state() != before


def test_other_documents_language_or_conversation_are_another_question(index: Index) -> None:
    model = ScriptedModel(ANA)
    asked = assistant(index, model)
    asked.ask(ASK)
    for more in ({"paths": ["river.txt"]}, {"language": "ko"}, {"history": [("Hi?", "Boats.")]}):
        before = len(model.asked)
        asked.ask(ASK, **more)  # type: ignore[arg-type]
        assert len(model.asked) > before


def test_what_was_left_when_the_model_failed_is_not_kept(index: Index) -> None:
    model = ScriptedModel(ANA, dies_after=1)
    asked = assistant(index, model)
    asked.ask(ASK)
    model.dies_after = None
    assert asked.ask(ASK).text == ANA and len(model.asked) >= 2


def test_an_abstention_repeats_nobody_elses_words(index: Index) -> None:
    asked = assistant(index, ScriptedModel(ANA))
    loud = NOTHING.upper()
    assert NOTHING in (asked.ask(NOTHING).reason or "")
    assert loud in (asked.ask(loud).reason or "")


def test_an_answer_that_nobody_waited_for_is_not_kept(index: Index) -> None:
    model = ScriptedModel(ANA)
    asked = assistant(index, model)
    events = asked.stream(ASK)
    assert isinstance(next(e for e in events if isinstance(e, Sentence)), Sentence)
    events.close()  # type: ignore[attr-defined]
    asked.ask(ASK)
    assert len(model.asked) == 2


def test_the_longest_unused_is_forgotten_and_the_key_is_no_part_of_it(index: Index) -> None:
    answer = assistant(index, ScriptedModel(ANA)).ask(ASK)
    held = Remembered(kept=2)
    plain = Asked("a", (), None, None, "s", {}, AnsweringSettings())
    for question in ("a", "b", "a", "c"):
        asked = replace(plain, question=question)
        assert held.find(asked) is None or question == "a"
        held.keep(asked, answer)
    assert held.find(replace(plain, question="b")) is None
    assert held.find(plain) and held.find(replace(plain, question="c"))
    assert plain.key == replace(plain, settings=AnsweringSettings(key="secret")).key
    assert plain.key != replace(plain, settings=AnsweringSettings(top_k=3)).key
    assert plain.key != replace(plain, models={"language": "m"}).key
    assert normal("누가 서명했나요？ ") == normal("누가  서명했나요") != normal("누가 서명했나")
