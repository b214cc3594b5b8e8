"""The chat page without a browser: what is escaped, what is marked, what is saved, what is served."""

import html
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, Dropped, Seconds, Sentence
from qa.errors import ServingError
from qa.page import html as html_of_page
from qa.page import shelf as shelf_of_page
from qa.page import talk
from qa.page.asking import Asking, Shown
from qa.page.blocks import assemble, dressing, free_port, launch
from qa.page.desk import Desk
from qa.page.documents import Documents
from qa.page.files import save
from qa.page.layout import SCRIPTS
from qa.page.run import Run
from qa.page.source import MARGIN, WHOLE, view, window
from qa.page.text import Words, words
from qa.page.viewing import source
from qa.question import language_of
from qa.records.conversations import Turn
from sources import Facts, FootnoteError, Heading, Span, make_document
from tests import shelf_page as shelf
from tests.fakes_page import Scripted, Shelf, say

EN = words("en")
RECORDS = {record.path: record for record in shelf.shelf(hostile=True).documents()}
SUFFIXES = (".md", ".txt")


class Tags(HTMLParser):
    """Collects tags, attributes and text as a browser would read them."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def answer(*sentences: Sentence, **changes: Any) -> Answer:
    plain = Answer(
        question="q",
        language="en",
        sentences=sentences,
        abstained=not sentences,
        reason=None if sentences else "The documents do not say.",
        passages=(),
        models={},
        seconds=Seconds(0.1, 0.2, 1.25),
    )
    return replace(plain, **changes)


def last(states: Iterator[Shown]) -> Shown:
    *_, final = states
    return final


def newest(shown: Shown) -> Turn:
    assert shown.conversation is not None
    return shown.conversation.turns[-1]


# ---- words


def test_both_languages_fill_the_same_blanks() -> None:
    for field in fields(Words):
        blanks = [
            sorted(re.findall(r"{(\w+)", getattr(words(code), field.name))) for code in ("en", "ko")
        ]
        assert blanks[0] == blanks[1], field.name


def test_an_unknown_language_gets_english_words() -> None:
    assert words("xx") is words("en") is not words("ko")


# ---- escaping

nasty = st.text(
    alphabet=st.sampled_from(list("<>&\"'`${}=/\\ aé가🚢\u202e\u0301\x00\n")), max_size=40
)


@given(nasty, nasty)
def test_whatever_a_model_or_a_document_says_is_text_and_no_tag(said: str, quote: str) -> None:
    cited = replace(shelf.ANSWERS[shelf.ASK_LIGHT][0].citations[0], quote=quote, title=said)
    turns = [Turn(said, sentences=(say(said, cited, cited),), stage=None)]
    word = "가" if language_of(said) == "ko" else "w"
    plain = [Turn("w", sentences=(say(word, cited, cited),), stage=None)]
    found = Tags(talk.turns(turns, 1, RECORDS, EN))
    expected = Tags(talk.turns(plain, 1, RECORDS, EN))
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in expected.tags]
    assert [sorted(a) for _, a in found.tags] == [sorted(a) for _, a in expected.tags]
    visible = found.text.replace("\u00a0", "")
    assert said.replace("\x00", "\ufffd").rstrip() in visible
    data = next(a["data-quotes"] for t, a in found.tags if a.get("class") == "fn-chip")
    assert json.loads(data or "")[0]["quote"] == quote


@given(nasty)
def test_the_document_list_holds_any_path_and_title(name: str) -> None:
    record = replace(next(iter(RECORDS.values())), path=name or "x", title=name)
    found = Tags(shelf_of_page.documents([record], EN))
    boxes = [a for tag, a in found.tags if tag == "input" and "data-file" in a]
    assert [box["data-file"] for box in boxes] == [(name or "x").replace("\x00", "\ufffd")]
    plain = Tags(shelf_of_page.documents([replace(record, path="x", title="x")], EN))
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in plain.tags]


def test_a_label_has_no_direction_controls_and_no_towers_of_marks() -> None:
    name = html_of_page.plain_name(shelf.HOSTILE_NAME + shelf.ZALGO)
    assert "\u202e" not in name and name.count("\u0301") <= 3 and len(name) <= 60
    assert html_of_page.plain_name("노트\n하나") == "노트 하나"
    assert html_of_page.source_name("a/b c.txt", {}) == "b c"
    assert html_of_page.source_name("\u202e", {}) == "?"


def test_a_chip_names_its_source_and_counts_the_others() -> None:
    sentence = shelf.ANSWERS[shelf.ASK_FERRY][1]
    found = Tags(talk.chip(sentence.citations, html_of_page.Scene(RECORDS, EN, "en")))
    (attributes,) = [a for tag, a in found.tags if tag == "button"]
    assert found.text == "The harbour ferry +1"
    assert attributes["data-file"] == "ferry.md"
    assert (attributes["data-start"], attributes["data-end"]) == (
        str(sentence.citations[0].start),
        str(sentence.citations[0].end),
    )
    assert "A single ticket costs 6 euros" in (attributes["aria-label"] or "")


def test_left_out_sentences_are_counted_and_never_shown() -> None:
    dropped = (Dropped("A made-up fact.", "unsupported"),)
    whole = answer(*shelf.ANSWERS[shelf.ASK_LIGHT], dropped=dropped)
    shown = talk.turns(
        [Turn("q", sentences=whole.sentences, stage=None, answer=whole)], 1, RECORDS, EN
    )
    assert "1 unsupported sentence left out" in shown and "made-up" not in shown


def test_what_is_left_open_is_said_after_the_sentences() -> None:
    whole = answer(*shelf.ANSWERS[shelf.ASK_LIGHT], reason="Nothing on its <height>.")
    shown = talk.turns(
        [Turn("q", sentences=whole.sentences, stage=None, answer=whole)], 1, RECORDS, EN
    )
    assert shown.index("fn-sentence") < shown.index("Nothing on its &lt;height&gt;.")
    assert EN.nearest not in shown


def test_small_talk_shows_its_reply_and_no_passages() -> None:
    shown = talk.turns([Turn("hi", stage=None, answer=answer())], 1, RECORDS, EN)
    assert "The documents do not say." in shown and EN.nearest not in shown


# ---- the source viewer


@st.composite
def documents(draw: st.DrawFn) -> tuple[Any, Span]:
    text = draw(st.text(alphabet="ab\n 가🚢\u0301", min_size=1, max_size=60))
    cuts = draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6).map(sorted))
    dim = [Span(cuts[0], cuts[1])] if cuts[0] < cuts[1] else []
    heads = [Heading(cuts[2], cuts[3], 1, "h")] if cuts[2] < cuts[3] else []
    ends = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    pages = sorted({0, *draw(st.lists(st.integers(0, len(text)), max_size=3))})
    made = make_document(
        "d", text, sha256="0", language="en", facts=Facts(), not_content=dim, headings=heads,
        pages=pages,
    )  # fmt: skip
    return made, Span(ends[0], ends[1])


@given(documents())
def test_segments_join_to_the_text_and_one_of_them_is_exactly_the_quote(made: Any) -> None:
    document, mark = made
    shown = view(document, mark)
    assert "".join(s.text for s in shown.segments) == document.text
    marks = [s.text for s in shown.segments if s.kind == "mark"]
    quote = document.text[mark.start : mark.end]
    assert marks == ([quote] if quote else [])


@given(st.integers(0, WHOLE + 10), st.integers(0, 3000))
def test_a_window_of_a_long_document_holds_the_quote(start: int, length: int) -> None:
    text = "word after word\n" * ((WHOLE + 4000) // 16)
    mark = Span(start, start + length)
    shown = window(text, mark)
    assert shown.start <= mark.start and mark.end <= shown.end
    assert shown.end - shown.start <= length + 2 * MARGIN


def test_a_document_of_the_greatest_length_is_shown_whole() -> None:
    assert window("x" * WHOLE, Span(5, 6)) == Span(0, WHOLE)
    assert window("x" * (WHOLE + 1), Span(5, 6)).end < WHOLE


@pytest.mark.parametrize("mark", [(0, 10**9), (-3, 2), (9, 4)])
def test_a_mark_outside_the_text_is_refused(mark: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in"):
        view(shelf.COUNCIL, Span(*mark))


@pytest.mark.parametrize(
    "asked",
    [
        ("../../etc/passwd", 0, 1),
        ("ferry.md", 0, 10**9),
        ("ferry.md", "0; drop", 1),
        ("ferry.md", None, None),
        (None, 0, 1),
        ("ferry.md", 0, 0, 0, 10**9),
    ],
)
def test_a_source_that_cannot_be_shown_is_gone_not_an_error(asked: tuple[Any, ...]) -> None:
    desk = Desk(shelf.scripted())
    assert source(desk, asked[0], asked[1], asked[2], stretch=asked[3:]) == {"gone": True}
    assert "gone" not in source(desk, "ferry.md", 0, 10)


# ---- answering


def test_the_states_of_a_question_end_with_its_whole_answer() -> None:
    desk = Desk(shelf.scripted())
    states = list(Asking(desk).ask(f"  {shelf.ASK_LIGHT}\n", "", EN, None, "s"))
    assert states[0].begins and states[0].busy
    counts = [state.now.count('class="fn-sentence"') for state in states]
    assert counts == sorted(counts) and set(counts) == {0, 1, 2}
    assert not states[-1].busy
    assert newest(states[-1]).answer is not None
    assert newest(states[-1]).sentences == shelf.ANSWERS[shelf.ASK_LIGHT]


def test_the_quotation_that_answers_stands_there_until_a_sentence_does() -> None:
    plain, gate = shelf.scripted(), threading.Event()
    gate.set()
    quote = shelf.ANSWERS[shelf.ASK_LIGHT][0].citations[0]
    known = Scripted(
        plain.index, plain.answers, gates={"found": gate}, found={shelf.ASK_LIGHT: quote}
    )
    states = list(Asking(Desk(known)).ask(shelf.ASK_LIGHT, "", EN, None, "s"))
    shown = [('class="fn-found"' in s.now, s.now.count('class="fn-sentence"')) for s in states]
    assert (True, 0) in shown
    assert all(not found for found, sentences in shown if sentences)
    assert newest(states[-1]).found is None


def test_a_stop_before_the_first_sentence_keeps_the_quotation() -> None:
    plain, gate = shelf.scripted(), threading.Event()
    quote = shelf.ANSWERS[shelf.ASK_LIGHT][0].citations[0]
    known = Scripted(
        plain.index, plain.answers, gates={"found": gate}, found={shelf.ASK_LIGHT: quote}
    )
    asking = Asking(Desk(known))
    states = asking.ask(shelf.ASK_LIGHT, "", EN, None, "s")
    for state in states:
        if "fn-found" in state.now:
            break
    asking.stop("s")
    kept = newest(list(states)[-1])
    gate.set()
    assert kept.stopped and kept.found == quote


def test_an_empty_question_changes_nothing() -> None:
    assistant = shelf.scripted()
    (state,) = Asking(Desk(assistant)).ask(" \n ", "", EN, None, "s")
    assert (state.conversation, state.busy, assistant.asked) == (None, False, [])


def test_no_ticked_document_asks_nobody() -> None:
    assistant = shelf.scripted()
    state = last(Asking(Desk(assistant)).ask("q", "[]", EN, None, "s"))
    assert newest(state).problem == EN.nothing_selected
    assert assistant.asked == []


@pytest.mark.parametrize("paths", ["", "not json", '{"a": 1}'])
def test_no_choice_or_a_broken_one_searches_everything(paths: str) -> None:
    assistant = shelf.scripted()
    last(Asking(Desk(assistant)).ask("q", paths, EN, None, "s"))
    assert assistant.asked[-1][2] is None


def test_a_stop_ends_the_answer_at_once_and_closes_the_stream() -> None:
    gate, closed = threading.Event(), threading.Event()

    class Watched(Scripted):
        def stream(self, *args: Any, **more: Any) -> Iterator[Any]:
            try:
                yield from super().stream(*args, **more)
            finally:
                closed.set()

    known = shelf.scripted()
    assistant = Watched(known.index, known.answers, gates={shelf.ASK_FERRY: gate})
    desk = Desk(assistant)
    asking = Asking(desk)
    states = asking.ask(shelf.ASK_FERRY, "", EN, None, "mine")
    for state in states:
        if 'class="fn-sentence"' in state.now:
            break
    asking.stop("another visitor")
    asking.stop("mine")
    began = time.monotonic()
    rest = list(states)
    assert time.monotonic() - began < 1
    assert newest(rest[-1]).stopped and len(newest(rest[-1]).sentences) == 1
    gate.set()
    assert closed.wait(5)


def test_a_visitor_who_leaves_stops_the_assistant() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                time.sleep(0.01)
                yield 1
        finally:
            closed.set()

    run = Run(endless)
    assert next(run) == 1
    run.stop()
    assert list(run) == []
    assert closed.wait(5)


def test_an_error_of_ours_is_shown_and_the_next_question_is_answered() -> None:
    class Refusing(Scripted):
        def stream(self, question: str, **more: Any) -> Iterator[Any]:
            if question == "bad":
                raise FootnoteError("The question 'bad' cannot be used; ask another.")
            return super().stream(question, **more)

    known = shelf.scripted()
    desk = Desk(Refusing(known.index, known.answers))
    first = last(Asking(desk).ask("bad", "", EN, None, "s"))
    assert newest(first).problem == "The question 'bad' cannot be used; ask another."
    second = last(Asking(desk).ask(shelf.ASK_LIGHT, "", EN, first.conversation, "s"))
    assert newest(second).answer and len(second.conversation.turns) == 2
    assert desk.runs == {}


def test_a_sync_error_is_told_in_its_own_sentence() -> None:
    class Busy(Shelf):
        def sync(self, progress: Callable[[Any], None]) -> Any:
            raise FootnoteError("The index of 'x' is in use; wait, then sync again.")

    documents = Documents(Desk(Scripted(Busy({}), {})))
    *_, (said, listed) = documents.sync(EN)
    assert html.unescape(said).count("The index of 'x' is in use; wait, then sync again.") == 1
    assert EN.documents_none in listed


# ---- uploads


def upload(folder: Path, name: str, words: str = "text") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path


def test_an_upload_lands_under_its_own_name(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (saved,) = save([upload(tmp_path / "up", "바다 글.md")], sources, SUFFIXES)
    assert saved.problem is None
    assert [p.name for p in sources.iterdir()] == ["바다 글.md"]


@pytest.mark.parametrize(
    "name", [".hidden.md", "line\nbreak.md", "rlo\u202etxt.md", "a\\b.md", "C:evil.md"]
)
def test_an_unsafe_name_is_refused(tmp_path: Path, name: str) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (saved,) = save([upload(tmp_path / "up", name)], sources, SUFFIXES)
    assert saved.problem and "rename the file" in saved.problem
    assert list(sources.iterdir()) == []


def test_other_types_and_long_names_are_refused_with_what_to_do(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    given = [upload(tmp_path / "up", "tool.exe"), upload(tmp_path / "up", "가" * 80 + ".md")]
    wrong, long = save(given, sources, SUFFIXES)
    assert wrong.problem == "files ending in '.exe' cannot be read; use one of .md, .txt."
    assert long.problem and "shorten it" in long.problem
    assert list(sources.iterdir()) == []


def test_nothing_is_overwritten_not_even_through_a_link(tmp_path: Path) -> None:
    sources, outside = tmp_path / "sources", tmp_path / "outside.md"
    sources.mkdir()
    outside.write_text("outside", encoding="utf-8")
    (sources / "link.md").symlink_to(outside)
    (sources / "dangling.md").symlink_to(tmp_path / "nowhere.md")
    upload(sources, "same.md", "same")
    up = tmp_path / "up"
    given = [upload(up, n, "new") for n in ("link.md", "dangling.md")] + [
        upload(up, "same.md", "same")
    ]
    link, dangling, same = save(given, sources, SUFFIXES)
    assert link.problem and dangling.problem
    assert same.problem == "it is already in the folder."
    assert outside.read_text(encoding="utf-8") == "outside"
    assert not (tmp_path / "nowhere.md").exists()


def test_a_full_or_missing_folder_leaves_nothing_half_written(tmp_path: Path) -> None:
    (saved,) = save([upload(tmp_path / "up", "a.md")], tmp_path / "missing", SUFFIXES)
    assert saved.problem and "check space and rights" in saved.problem
    assert not (tmp_path / "missing").exists()


# ---- serving


def test_a_port_in_use_is_one_sentence_that_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=rf"Port {port} of '127.0.0.1'.*name another port"):
            launch(assemble(shelf.scripted()), host="127.0.0.1", port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("127.0.0.1", -1)])
def test_a_number_that_is_no_port_is_refused(host: str, port: int) -> None:
    with pytest.raises(ServingError, match="no port"):
        free_port(host, port)


def test_the_page_is_mounted_in_another_program() -> None:
    app = gr.mount_gradio_app(FastAPI(), assemble(shelf.scripted()), path="/chat", **dressing())
    found = TestClient(app).get("/chat/")
    assert found.status_code == 200
    assert "Footnote" in found.text


def test_the_page_names_no_other_host() -> None:
    folder = Path(html_of_page.__file__).parent
    for name in ("page.css", *SCRIPTS):
        text = (folder / name).read_text(encoding="utf-8")
        assert re.findall(r"https?://|@import|url\(|//cdn", text) == []


def test_a_socket_beyond_loopback_is_refused_while_testing() -> None:
    with socket.socket() as reaching, pytest.raises(AssertionError, match="no test uses"):
        reaching.connect(("192.0.2.1", 80))  # a documentation address, RFC 5737
    with pytest.raises(AssertionError, match="no test uses"):
        socket.getaddrinfo("footnote.invalid", 80)
