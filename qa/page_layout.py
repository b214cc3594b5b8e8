"""The page's components and what connects them: documents at the left, the conversation in the
middle, the source viewer at the right. All work is done by `qa/page_desk.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from qa import page_html
from qa.page_desk import Desk, Shown
from qa.page_text import Words, words

_HERE = Path(__file__).parent
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True)
class Library:
    """The left column."""

    documents: gr.HTML
    notice: gr.HTML
    upload: gr.UploadButton
    sync: gr.Button


@dataclass(frozen=True)
class Talk:
    """The middle column; `paths` is filled by the script with the ticked documents."""

    conversation: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    paths: gr.Textbox
    turns: gr.State


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    header: gr.HTML
    language: gr.Radio
    library: Library
    talk: Talk
    viewer: gr.HTML
    timer: gr.Timer


def lay_out(desk: Desk) -> Parts:
    """Place the components, in English until the browser's language is known."""
    text = words("en")
    header = gr.HTML(page_html.header(text), elem_id="fn-header", apply_default_css=False)
    language = gr.Radio(
        [("English", "en"), ("한국어", "ko")],
        value="en",
        label=text.language,
        elem_id="fn-language",
        container=False,
        show_label=False,
    )
    with gr.Row(elem_id="fn-main"):
        with gr.Column(elem_id="fn-left", scale=2, min_width=200):
            library = _library(desk, text)
        with gr.Column(elem_id="fn-middle", scale=5, min_width=300):
            talk = _talk(desk, text)
        with gr.Column(elem_id="fn-right", scale=4, min_width=300):
            viewer = _viewer(desk, text)
    return Parts(header, language, library, talk, viewer, gr.Timer(1.0))


def _library(desk: Desk, text: Words) -> Library:
    opening = page_html.notice([text.documents_loading])
    documents = gr.HTML(opening, elem_id="fn-list", apply_default_css=False)
    notice = gr.HTML("", elem_id="fn-notice", apply_default_css=False)
    with gr.Row(elem_id="fn-library"):
        upload = gr.UploadButton(
            text.upload,
            file_count="multiple",
            file_types=sorted(desk.suffixes),
            size="sm",
            visible=desk.folder is not None,
            elem_id="fn-upload",
        )
        sync = gr.Button(text.sync, size="sm", elem_id="fn-sync")
    return Library(documents, notice, upload, sync)


def _talk(desk: Desk, text: Words) -> Talk:
    conversation = gr.HTML(desk.conversation((), text), elem_id="fn-talk", apply_default_css=False)
    with gr.Row(elem_id="fn-composer"):
        question = gr.Textbox(
            label=text.ask_label,
            placeholder=text.ask_hint,
            show_label=False,
            container=False,
            lines=1,
            max_lines=6,
            elem_id="fn-ask",
            autofocus=True,
            scale=1,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
        )
        send = gr.Button(text.send, variant="primary", elem_id="fn-send", scale=0)
        stop = gr.Button(text.stop, visible=False, elem_id="fn-stop", scale=0)
        clear = gr.Button(text.clear, elem_id="fn-clear", scale=0)
    paths = gr.Textbox(visible="hidden", elem_id="fn-paths")
    return Talk(conversation, question, send, stop, clear, paths, gr.State([]))


def _viewer(desk: Desk, text: Words) -> gr.HTML:
    def source(asked: list[Any]) -> Any:
        return desk.source(*asked)

    viewer: gr.HTML = gr.HTML(
        html_template=page_html.VIEWER,
        js_on_load=(_HERE / "page.js").read_text(encoding="utf-8"),
        server_functions=[source],
        words=text.for_browser(),
        elem_id="fn-viewer",
        apply_default_css=False,
    )
    return viewer


def wire(blocks: gr.Blocks, parts: Parts, desk: Desk) -> None:
    """Connect events; scripts read what only the browser knows: language, ticked documents."""
    _wire_language(blocks, parts, desk)
    _wire_library(parts, desk)
    _wire_conversation(parts, desk)
    _wire_stop(parts, desk)


def _wire_language(blocks: gr.Blocks, p: Parts, desk: Desk) -> None:
    def localized(language: str, turns: list[Any]) -> dict[Any, Any]:
        text = words(language)
        return {
            p.header: page_html.header(text),
            p.library.documents: desk.documents(text),
            p.library.upload: gr.UploadButton(label=text.upload),
            p.library.sync: gr.Button(text.sync),
            p.talk.conversation: desk.conversation(turns, text),
            p.talk.question: gr.Textbox(label=text.ask_label, placeholder=text.ask_hint),
            p.talk.send: gr.Button(text.send),
            p.talk.stop: gr.Button(text.stop),
            p.talk.clear: gr.Button(text.clear),
            p.viewer: gr.HTML(words=text.for_browser()),
        }

    t, library = p.talk, p.library
    reading, asking = (p.header, library.documents, p.viewer), (t.conversation, t.question)
    buttons = (library.upload, library.sync, t.send, t.stop, t.clear)
    localizable = [*reading, *asking, *buttons]
    blocks.load(
        lambda language: language,
        p.language,
        p.language,
        js="() => localStorage.getItem('footnote-language')"
        " || (navigator.language.startsWith('ko') ? 'ko' : 'en')",
        **_QUIET,
    ).then(localized, [p.language, t.turns], localizable, **_QUIET)
    p.language.input(
        localized,
        [p.language, t.turns],
        localizable,
        js="(l, t) => { localStorage.setItem('footnote-language', l); return [l, t]; }",
        **_QUIET,
    )


def _wire_library(p: Parts, desk: Desk) -> None:
    library = p.library
    p.timer.tick(
        lambda language: (desk.documents(words(language)), gr.Timer(active=not desk.settled)),
        p.language,
        [library.documents, p.timer],
        **_QUIET,
    )

    def sync(language: str) -> Iterator[tuple[str, str]]:
        yield from desk.sync(words(language))

    library.sync.click(
        sync, p.language, [library.notice, library.documents], concurrency_limit=1, **_QUIET
    )
    library.upload.upload(
        lambda files, language: desk.upload([Path(f) for f in files], words(language)),
        [library.upload, p.language],
        library.notice,
        **_QUIET,
    )


def _wire_conversation(p: Parts, desk: Desk) -> None:
    t = p.talk

    def updates(shown: Shown) -> tuple[Any, ...]:
        return (
            shown.conversation,
            gr.Textbox(value="") if shown.begins else gr.skip(),
            gr.Button(visible=not shown.busy),
            gr.Button(visible=shown.busy),
            gr.Button(visible=not shown.busy),
            list(shown.turns),
        )

    def ask(
        question: str, paths: str, language: str, turns: list[Any], request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        session = str(request.session_hash)
        for shown in desk.ask(question, paths, words(language), turns, session):
            yield updates(shown)

    gr.on(
        [t.question.submit, t.send.click],
        ask,
        [t.question, t.paths, p.language, t.turns],
        [t.conversation, t.question, t.send, t.stop, t.clear, t.turns],
        js="(q, p, l, t) => [q, window.footnote ? window.footnote.selected() : '', l, t]",
        concurrency_limit=None,
        trigger_mode="once",
        **_QUIET,
    )


def _wire_stop(p: Parts, desk: Desk) -> None:
    t = p.talk

    def stop(request: gr.Request) -> None:
        desk.stop(str(request.session_hash))

    def clear(language: str) -> tuple[Any, ...]:
        return desk.conversation((), words(language)), []

    t.stop.click(stop, None, None, queue=False, **_QUIET)
    t.clear.click(clear, p.language, [t.conversation, t.turns], **_QUIET)
