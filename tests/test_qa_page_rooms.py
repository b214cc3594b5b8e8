"""What the page's scripts may ask for: nothing is believed of the browser, and nothing leaks."""

from pathlib import Path
from typing import Any

import pytest

from qa.page.desk import Desk
from qa.page.documents import Documents
from qa.page.doors import Rooms, door
from qa.page.files import put_back, remove, save_as
from qa.page.marks import marks, place_of
from qa.page.text import words
from sources import Span
from tests import shelf_page as shelf
from tests.fakes_page import Scripted, Shelf

EN = words("en")


def rooms(folder: Path | None = None) -> Rooms:
    plain = shelf.scripted()
    known = Scripted(plain.index, plain.answers, plain.near)
    return Rooms.over(Desk(known, folder=folder, suffixes=(".md", ".txt")))


def asked(rooms: Rooms, question: str = shelf.ASK_FERRY) -> str:
    """Ask, and return the id of the conversation."""
    *_, last = rooms.asking.ask(question, "", EN, None, "s")
    assert last.conversation is not None
    return last.conversation.id


@pytest.mark.parametrize(
    "call",
    [
        None,
        "source",
        [],
        ["nothing", []],
        ["__class__", []],
        ["why", ["../../x", 1, "en"]],
        ["why", ["0" * 16, "one", "en"]],
        ["taken", ["0" * 16, 1, "exe", "en"]],
        ["take", ["/etc/passwd", "passwd.md"]],
        ["remove", ["../x", "en"]],
        ["case", ["0" * 16, 99, "", ""]],
        ["source", ["ferry.md", 0, 5, "more"]],
        ["thumb", [None, None, None, None]],
    ],
)
def test_whatever_a_browser_sends_is_answered_and_nothing_is_raised(
    call: Any, tmp_path: Path
) -> None:
    said = door(rooms(tmp_path), lambda: set())(call)
    assert set(said) <= {"value", "problem"}
    assert "root:" not in str(said)
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_uploaded_here_is_taken_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("mine", encoding="utf-8")
    folder = tmp_path / "sources"
    folder.mkdir()
    documents = Documents(Desk(shelf.scripted(), folder=folder, suffixes=(".md",)))
    assert documents.take(str(secret), "got.md", set())["problem"]
    assert list(folder.iterdir()) == []
    assert documents.take(str(secret), "a/got.md", {str(secret)})["problem"] == ""
    assert not secret.exists()  # no second copy is left
    assert (folder / "a" / "got.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "name", ["../up.md", "/abs.md", "a/../../up.md", ".hidden/x.md", "a/.x.md", "", "out/x.md"]
)
def test_no_name_leads_out_of_the_folder_or_into_what_is_hidden(tmp_path: Path, name: str) -> None:
    folder, outside = tmp_path / "sources", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "out").symlink_to(outside)
    upload = tmp_path / "u.md"
    upload.write_text("x", encoding="utf-8")
    assert save_as(upload, name, folder, (".md",)).problem
    assert list(outside.iterdir()) == [] and [p.name for p in folder.iterdir()] == ["out"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["outside", "sources", "u.md"]


def test_a_removed_file_comes_back_and_never_over_another(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    file = tmp_path / "notes" / "a.md"
    file.write_text("first", encoding="utf-8")
    assert remove("notes/a.md", tmp_path).problem is None
    file.write_text("second", encoding="utf-8")
    assert put_back("notes/a.md", tmp_path).problem  # another has its name now
    assert file.read_text(encoding="utf-8") == "second"
    assert remove("notes/a.md", tmp_path).problem is None
    assert put_back("notes/a.md", tmp_path).problem is None
    kept = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / ".removed/notes").iterdir()}
    assert (file.read_text(encoding="utf-8"), kept) == ("first", {"a (2).md": "second"})
    for path in ("../x.md", "/etc/passwd", ".removed/notes/a (2).md", "", "gone.md"):
        assert remove(path, tmp_path).problem and put_back(path, tmp_path).problem


def test_a_visitor_who_leaves_finds_what_was_verified_until_then() -> None:
    held = rooms()
    states = held.asking.ask(shelf.ASK_FERRY, "", EN, None, "s")
    for state in states:
        if 'class="fn-sentence"' in state.now:
            break
    assert state.conversation is not None
    states.close()  # type: ignore[attr-defined]  # a generator, which Gradio closes
    (turn,) = held.desk.conversations().load(state.conversation.id).turns
    assert turn.stopped and len(turn.sentences) == 1
    assert turn.made.documents["ferry.md"] == "0" * 64


def test_a_thumb_given_meanwhile_survives_the_next_answer() -> None:
    held = rooms()
    *_, first = held.asking.ask(shelf.ASK_FERRY, "", EN, None, "s")
    assert first.conversation is not None
    held.kept.thumb(first.conversation.id, 1, "up", "")
    *_, second = held.asking.ask(shelf.ASK_LIGHT, "", EN, first.conversation, "s")
    assert second.conversation is not None
    assert [turn.thumb for turn in second.conversation.turns] == ["up", None]


def test_a_question_with_half_a_surrogate_is_kept() -> None:
    held = rooms()
    id = asked(held, "what \ud800?")
    assert held.desk.conversations().load(id).turns[0].question == "what ??"


def test_the_key_never_stands_in_a_receipt() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Settings:
        key: str = "sk-secret"
        endpoint: str = "https://user:sk-secret@host.invalid:99/v1?key=sk-secret"
        top_k: int = 10

    plain = shelf.scripted()
    known = Scripted(plain.index, plain.answers, plain.near)
    known.settings = Settings()  # type: ignore[attr-defined]  # as the real one has
    held = Rooms.over(Desk(known))
    made = held.desk.conversations().load(asked(held)).turns[0].made
    assert made.settings == {"endpoint": "https://host.invalid/v1", "top_k": "10"}


@pytest.mark.parametrize(
    ("start", "end", "quote", "found"),
    [
        (4, 7, "two", (Span(4, 7), "here")),
        (0, 3, "two", (Span(4, 7), "moved")),
        (0, 3, "four", (None, "lost")),
        (4, 4, "", (None, "here")),
    ],
)
def test_a_kept_quotation_is_looked_for_where_it_stands_now(
    start: int, end: int, quote: str, found: tuple[Span | None, str]
) -> None:
    place = place_of("one two three", start, end, quote)
    assert (place.span, place.state) == found


def test_marks_beyond_the_text_are_left_out() -> None:
    assert marks("12345", [[0, 2], [3, 99], [4, 1], [-1, 2]]) == [Span(0, 2)]
    assert marks("12345", None) == []


def test_nothing_is_kept_where_there_is_no_index() -> None:
    def missing() -> Scripted:
        from sources import FootnoteError

        raise FootnoteError("The model 'x' is missing.")

    held = Rooms.over(Desk(missing))
    *_, last = held.asking.ask("q", "", EN, None, "s")
    assert last.conversation is not None and "is missing" in last.now
    assert "The model" in str(door(held, set)(["conversations", ["", "", "en"]]))


def test_the_list_of_documents_tells_counts_duplicates_and_what_was_skipped() -> None:
    from dataclasses import replace

    from qa.page.shelf import documents

    library: Shelf = shelf.shelf()
    records = [replace(r, also_at=("copy.md",)) for r in library.documents()[:1]]
    shown = documents(records, EN, status=library.status(), removable=True)
    assert "4 documents, 12 passages · 1 skipped · duplicates: 1" in shown
    assert "the same as ferry.md" in shown and 'class="fn-remove"' in shown
    assert 'class="fn-remove"' not in documents(records, EN)
