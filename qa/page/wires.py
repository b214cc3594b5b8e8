"""What connects the page's components: which event reads what, and where its result goes. All work
is done by the rooms of `qa/page/doors.py`.
"""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.page import html, talk, thread
from qa.page.asking import Shown
from qa.page.desk import Desk
from qa.page.doors import Rooms
from qa.page.layout import Parts, Talk
from qa.page.text import words
from qa.page.visitor import visitor_of
from qa.records.conversations import Conversation
from sources import FootnoteError

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def wire(blocks: gr.Blocks, parts: Parts, rooms: Rooms) -> None:
    """Connect events; scripts read what only the browser knows: language, ticked documents."""
    _wire_language(blocks, parts, rooms)
    _wire_library(parts, rooms)
    _wire_conversation(blocks, parts, rooms)
    _wire_recall(parts, rooms)


def _wire_language(blocks: gr.Blocks, p: Parts, rooms: Rooms) -> None:
    desk, t, library = rooms.desk, p.talk, p.library

    def localized(language: str, conversation: Conversation | None) -> dict[Any, Any]:
        text = words(language)
        return {
            p.header: html.header(text),
            library.tabs: html.tabs(text),
            library.documents: rooms.documents.listing(text),
            library.adding: html.adding(text) if desk.writable else "",
            library.sync: gr.Button(text.sync),
            library.kept: html.kept(text),
            t.question: gr.Textbox(label=text.ask_label, placeholder=text.ask_hint),
            t.send: gr.Button(text.send),
            t.stop: gr.Button(text.stop),
            t.clear: gr.Button(text.clear),
            p.viewer: gr.HTML(words=text.for_browser()),
        } | _talk_in(language, conversation, t, desk)

    def switched(language: str, conversation: Conversation | None) -> dict[Any, Any]:
        talk = (
            {t.past: thread.past(conversation, desk.records(), words(language))}
            if conversation is None
            else {}
        )
        return localized(language, conversation) | talk

    def restored(
        language: str, wanted: str, request: gr.Request
    ) -> tuple[str, Conversation | None]:
        return language, _recalled(_rooms(rooms, request).desk, wanted)

    localizable = [
        p.header, library.tabs, library.documents, library.adding, library.sync, library.kept,
        t.past, t.now, t.question, t.send, t.stop, t.clear, p.viewer,
    ]  # fmt: skip
    blocks.load(
        restored,
        [p.language, t.wanted],
        [p.language, t.conversation],
        js="() => [localStorage.getItem('footnote-language')"
        " || (navigator.language.startsWith('ko') ? 'ko' : 'en'),"
        " sessionStorage.getItem('footnote-conversation') || '']",
        **_QUIET,
    ).then(localized, [p.language, t.conversation], localizable, **_QUIET)
    p.language.input(
        switched,
        [p.language, t.conversation],
        localizable,
        js="(l, c) => { localStorage.setItem('footnote-language', l); return [l, c]; }",
        **_QUIET,
    )


def _talk_in(
    language: str, conversation: Conversation | None, t: Talk, desk: Desk
) -> dict[Any, Any]:
    """Return the conversation's parts in a language; nothing where they are as laid out, since a
    question may have been asked meanwhile.
    """
    if conversation is None and language == "en":
        return {}
    text = words(language)
    records = desk.records()
    return {
        t.past: thread.past(conversation, records, text),
        t.now: thread.present(conversation, records, text),
    }


def _recalled(desk: Desk, id: str) -> Conversation | None:
    """Return a kept conversation, or `None` where there is none of this id any more."""
    if not id or not desk.at_hand:
        return None
    try:
        return desk.conversations().load(id)
    except FootnoteError:
        return None


def _wire_library(p: Parts, rooms: Rooms) -> None:
    library, documents, desk = p.library, rooms.documents, rooms.desk
    p.timer.tick(
        lambda language: (documents.listing(words(language)), gr.Timer(active=not desk.settled)),
        p.language,
        [library.documents, p.timer],
        **_QUIET,
    )

    def sync(language: str) -> Iterator[tuple[str, str]]:
        yield from documents.sync(words(language))

    library.sync.click(
        sync, p.language, [library.notice, library.documents], concurrency_limit=1, **_QUIET
    )


def _rooms(rooms: Rooms, request: gr.Request) -> Rooms:
    """Return the rooms with the conversations of whoever asks."""
    return rooms.of(visitor_of(request))


def _session(request: gr.Request) -> str:
    """Return a name for one open page, which no other visitor can have."""
    return f"{visitor_of(request)} {request.session_hash}"


def _wire_conversation(blocks: gr.Blocks, p: Parts, rooms: Rooms) -> None:
    t = p.talk

    def updates(shown: Shown) -> tuple[Any, ...]:
        return (
            gr.skip() if shown.past is None else shown.past,
            shown.now,
            gr.Textbox(value="") if shown.begins else gr.skip(),
            gr.Button(visible=not shown.busy),
            gr.Button(visible=shown.busy),
            gr.Button(visible=not shown.busy),
            shown.conversation,
        )

    def ask(
        question: str,
        paths: str,
        language: str,
        conversation: Conversation | None,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        asking, session = _rooms(rooms, request).asking, _session(request)
        for shown in asking.ask(question, paths, words(language), conversation, session):
            yield updates(shown)

    gr.on(
        [t.question.submit, t.send.click],
        ask,
        [t.question, t.paths, p.language, t.conversation],
        [t.past, t.now, t.question, t.send, t.stop, t.clear, t.conversation],
        js="(q, p, l, c) => [q, window.footnote ? window.footnote.selected() : '', l, c]",
        concurrency_limit=None,
        trigger_mode="once",
        **_QUIET,
    )

    def stop(request: gr.Request) -> None:
        rooms.asking.stop(_session(request))

    t.stop.click(stop, None, None, queue=False, **_QUIET)
    blocks.unload(stop)  # the page was closed: nobody waits for the answer any more


def _wire_recall(p: Parts, rooms: Rooms) -> None:
    t = p.talk

    def recall(
        event: gr.EventData, language: str, request: gr.Request
    ) -> tuple[str, str, Conversation | None]:
        desk = _rooms(rooms, request).desk
        rooms.asking.stop(_session(request))
        conversation = _recalled(desk, str(event.id))
        text = words(language)
        records = desk.records()
        past = thread.past(conversation, records, text)
        return past, thread.present(conversation, records, text), conversation

    def clear(language: str) -> tuple[str, str, None]:
        return talk.welcome(words(language)), "", None

    shown = [t.past, t.now, t.conversation]
    p.viewer.recall(recall, p.language, shown, **_QUIET)
    t.clear.click(
        clear,
        p.language,
        shown,
        js="(l) => { sessionStorage.removeItem('footnote-conversation'); return l; }",
        **_QUIET,
    )
