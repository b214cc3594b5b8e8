"""The page's components: documents and conversations at the left, the conversation in the middle,
the source viewer at the right, the evaluation over them. `qa/page/wires.py` connects them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from qa.page import html, talk
from qa.page.doors import Rooms, door
from qa.page.text import Words, words
from qa.page.visitor import visitor_of

_HERE = Path(__file__).parent
SCRIPTS = tuple(
    f"{name}.js"
    for name in (
        "page", "viewer", "card", "kept", "answers", "ideas", "talk", "documents", "uploads",
        "trials", "keys", "begin",
    )
)  # fmt: skip
"""They share one scope, in this order: the first names what the others use, the last begins."""


@dataclass(frozen=True)
class Library:
    """The left column."""

    tabs: gr.HTML
    documents: gr.HTML
    notice: gr.HTML
    adding: gr.HTML
    sync: gr.Button
    kept: gr.HTML


@dataclass(frozen=True)
class Talk:
    """The middle column; `paths` and `wanted` are filled by the script: the ticked documents, and
    the conversation to go on with.
    """

    past: gr.HTML
    now: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    paths: gr.Textbox
    wanted: gr.Textbox
    conversation: gr.State


@dataclass(frozen=True)
class Parts:
    """The components that events read and write."""

    header: gr.HTML
    language: gr.Radio
    library: Library
    talk: Talk
    viewer: gr.HTML
    timer: gr.Timer


def lay_out(rooms: Rooms, uploaded: Callable[[], Collection[str]]) -> Parts:
    """Place the components, in English until the browser's language is known."""
    text = words("en")
    header = _html(html.header(text), "fn-header")
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
            library = _library(rooms, text)
        with gr.Column(elem_id="fn-middle", scale=5, min_width=300):
            talk = _talk(text)
        with gr.Column(elem_id="fn-right", scale=4, min_width=300):
            viewer = _viewer(rooms, uploaded, text)
    _html("", "fn-trials")
    return Parts(header, language, library, talk, viewer, gr.Timer(1.0))


def _html(value: str, name: str) -> gr.HTML:
    made: gr.HTML = gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)
    return made


def _library(rooms: Rooms, text: Words) -> Library:
    tabs = _html(html.tabs(text), "fn-tabs")
    documents = _html(html.notice([text.documents_loading]), "fn-list")
    notice = _html("", "fn-notice")
    adding = _html(html.adding(text) if rooms.desk.writable else "", "fn-adding")
    with gr.Row(elem_id="fn-library"):
        sync = gr.Button(text.sync, size="sm", elem_id="fn-sync", visible=not rooms.desk.read_only)
    kept = _html(html.kept(text), "fn-kept")
    return Library(tabs, documents, notice, adding, sync, kept)


def _talk(text: Words) -> Talk:
    with gr.Column(elem_id="fn-talk"):
        past = _html(talk.welcome(text), "fn-past")
        now = _html("", "fn-now")
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
    wanted = gr.Textbox(visible="hidden", elem_id="fn-wanted")
    return Talk(past, now, question, send, stop, clear, paths, wanted, gr.State(None))


def _viewer(rooms: Rooms, uploaded: Callable[[], Collection[str]], text: Words) -> gr.HTML:
    opened = door(rooms, uploaded)

    def footnote(asked: list[Any], request: gr.Request) -> dict[str, Any]:
        return opened(asked, visitor_of(request))

    scripts = [(_HERE / name).read_text(encoding="utf-8") for name in SCRIPTS]
    viewer: gr.HTML = gr.HTML(
        html_template=html.VIEWER,
        js_on_load="\n".join(scripts),
        server_functions=[footnote],
        words=text.for_browser(),
        suffixes=sorted(rooms.desk.suffixes),
        elem_id="fn-viewer",
        apply_default_css=False,
    )
    return viewer
