"""The chat page, and the only door of Gradio: documents at the left, the conversation in the
middle, the source viewer at the right. It lays out and wires; `qa/page_desk.py` does the work,
`qa/page_html.py` writes the HTML, `page.css` and `page.js` beside it are the looks and the moves.
"""

import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when imported

import gradio as gr

from qa import page_html
from qa.errors import ServingError
from qa.page_desk import Desk, Shown
from qa.page_run import Library, Source
from qa.page_text import words
from sources.loaders import SUFFIXES

_HERE = Path(__file__).parent
_SANS = ("ui-sans-serif", "system-ui", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR")
_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_LARGEST_UPLOAD = "200mb"


@dataclass(frozen=True)
class _Parts:
    """The components that events read and write."""

    header: gr.HTML
    language: gr.Radio
    documents: gr.HTML
    notice: gr.HTML
    upload: gr.UploadButton
    sync: gr.Button
    conversation: gr.HTML
    question: gr.Textbox
    paths: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    viewer: gr.HTML
    turns: gr.State
    timer: gr.Timer


def assemble(
    assistant: Source,
    *,
    index: Library | None = None,
    folder: Path | None = None,
    suffixes: Collection[str] = SUFFIXES,
) -> gr.Blocks:
    """Return the page, to be launched or mounted with `**dressing()`.

    Args:
        assistant: the assistant, a future of it, or what makes it (run in a thread at once); the
            page shows before it is ready.
        index: its index, if it is open already; then documents show before the models are loaded.
        folder: where uploads go; without it nothing can be uploaded.
        suffixes: endings of files that can be read, lower case, with the dot.
    """
    desk = Desk(assistant, index=index, folder=folder, suffixes=suffixes)
    blocks: gr.Blocks = gr.Blocks(
        title="Footnote", analytics_enabled=False, fill_width=True, fill_height=True
    )
    with blocks:
        parts = _lay_out(desk)
        _wire(blocks, parts, desk)
    return blocks


def dressing() -> dict[str, Any]:
    """Return what `Blocks.launch` or `mount_gradio_app` needs to show the page as meant."""
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=list(_SANS), font_mono=list(_MONO)
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    return {
        "theme": theme,
        "head": f"<style>{style}</style>",  # as `css`, Gradio would prefix selectors of `body`
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "max_file_size": _LARGEST_UPLOAD,
        "ssr_mode": False,
        "mcp_server": False,
    }


def serve(
    assistant: Source,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    open_browser: bool = False,
    on_ready: Callable[[str], None] = lambda address: None,
    index: Library | None = None,
    folder: Path | None = None,
    suffixes: Collection[str] = SUFFIXES,
) -> None:
    """Serve the page until interrupted; `on_ready` is told its address once it answers.

    Args:
        port: 0 takes any free port.

    Raises:
        ServingError: if the port is taken or the address is not one of this machine.
    """
    blocks = assemble(assistant, index=index, folder=folder, suffixes=suffixes)
    address = launch(blocks, host=host, port=port, open_browser=open_browser)
    on_ready(address)
    try:
        blocks.block_thread()
    finally:
        blocks.close(verbose=False)


def launch(blocks: gr.Blocks, *, host: str, port: int, open_browser: bool = False) -> str:
    """Start serving in the background and return the address; see `serve`."""
    chosen = free_port(host, port)
    try:
        _, address, _ = blocks.launch(
            server_name=host,
            server_port=chosen,
            inbrowser=open_browser,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            **dressing(),
        )
    except (OSError, ValueError) as error:
        raise ServingError(
            f"The page cannot be served at {host!r} port {chosen}: {error}; name another port."
        ) from error
    return str(address)


def free_port(host: str, port: int) -> int:
    """Return `port` if it is free, or a free one for 0.

    Raises:
        ServingError: if it is taken, or the address is not one of this machine.
    """
    if not 0 <= port <= 65535:
        raise ServingError(f"{port} is no port; choose one from 1 to 65535, or 0 for any.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            raise ServingError(
                f"Port {port} of {host!r} cannot be used ({error}); name another port."
            ) from error
        return int(probe.getsockname()[1])


def _lay_out(desk: Desk) -> _Parts:
    def source(asked: list[Any]) -> Any:
        return desk.source(*asked)

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
            heading = text.documents_loading
            documents = gr.HTML(
                f'<p class="fn-note">{heading}</p>', elem_id="fn-list", apply_default_css=False
            )
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
        with gr.Column(elem_id="fn-middle", scale=5, min_width=300):
            conversation = gr.HTML(
                page_html.conversation((), {}, text), elem_id="fn-talk", apply_default_css=False
            )
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
        with gr.Column(elem_id="fn-right", scale=4, min_width=300):
            viewer = gr.HTML(
                html_template=page_html.VIEWER,
                js_on_load=(_HERE / "page.js").read_text(encoding="utf-8"),
                server_functions=[source],
                words=text.for_browser(),
                elem_id="fn-viewer",
                apply_default_css=False,
            )
    return _Parts(
        header=header,
        language=language,
        documents=documents,
        notice=notice,
        upload=upload,
        sync=sync,
        conversation=conversation,
        question=question,
        paths=paths,
        send=send,
        stop=stop,
        clear=clear,
        viewer=viewer,
        turns=gr.State([]),
        timer=gr.Timer(1.0),
    )


def _wire(blocks: gr.Blocks, parts: _Parts, desk: Desk) -> None:
    """Connect events; scripts read what only the browser knows: language, ticked documents."""
    p = parts

    def localized(language: str, turns: list[Any]) -> list[Any]:
        text = words(language)
        return [
            page_html.header(text),
            desk.documents(text),
            gr.UploadButton(label=text.upload),
            gr.Button(text.sync),
            desk.conversation(turns, text),
            gr.Textbox(label=text.ask_label, placeholder=text.ask_hint),
            gr.Button(text.send),
            gr.Button(text.stop),
            gr.Button(text.clear),
            gr.HTML(words=text.for_browser()),
        ]

    localizable = [
        p.header,
        p.documents,
        p.upload,
        p.sync,
        p.conversation,
        p.question,
        p.send,
        p.stop,
        p.clear,
        p.viewer,
    ]
    blocks.load(
        lambda language: language,
        p.language,
        p.language,
        js="() => localStorage.getItem('footnote-language')"
        " || (navigator.language.startsWith('ko') ? 'ko' : 'en')",
        **_QUIET,
    ).then(localized, [p.language, p.turns], localizable, **_QUIET)
    p.language.input(
        localized,
        [p.language, p.turns],
        localizable,
        js="(l, t) => { localStorage.setItem('footnote-language', l); return [l, t]; }",
        **_QUIET,
    )
    p.timer.tick(
        lambda language: (desk.documents(words(language)), gr.Timer(active=not desk.settled)),
        p.language,
        [p.documents, p.timer],
        **_QUIET,
    )
    _wire_library(p, desk)
    _wire_conversation(p, desk)


def _wire_library(p: _Parts, desk: Desk) -> None:
    p.sync.click(
        lambda language: (yield from desk.sync(words(language))),
        p.language,
        [p.notice, p.documents],
        concurrency_limit=1,
        **_QUIET,
    )
    p.upload.upload(
        lambda files, language: desk.upload([Path(f) for f in files], words(language)),
        [p.upload, p.language],
        p.notice,
        **_QUIET,
    )


def _wire_conversation(p: _Parts, desk: Desk) -> None:
    def updates(shown: Shown) -> tuple[Any, ...]:
        return (
            shown.conversation,
            gr.Textbox(value="") if shown.begins else gr.skip(),
            gr.Button(visible=not shown.busy),
            gr.Button(visible=shown.busy),
            list(shown.turns),
        )

    def ask(question: str, paths: str, language: str, turns: list[Any], request: gr.Request) -> Any:
        session = str(request.session_hash)
        for shown in desk.ask(question, paths, words(language), turns, session):
            yield updates(shown)

    gr.on(
        [p.question.submit, p.send.click],
        ask,
        [p.question, p.paths, p.language, p.turns],
        [p.conversation, p.question, p.send, p.stop, p.turns],
        js="(q, p, l, t) => [q, window.footnote ? window.footnote.selected() : '', l, t]",
        concurrency_limit=None,
        trigger_mode="once",
        **_QUIET,
    )

    def stop(request: gr.Request) -> None:
        desk.stop(str(request.session_hash))

    p.stop.click(stop, None, None, queue=False, **_QUIET)

    def clear(language: str, request: gr.Request) -> tuple[Any, ...]:
        desk.stop(str(request.session_hash))
        return desk.conversation([], words(language)), []

    p.clear.click(clear, p.language, [p.conversation, p.turns], **_QUIET)
