"""Puts the chat page at the root of an application that serves more than it."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from qa.page.blocks import assemble, dressing
from qa.page.run import Library


def mount(app: Any, ready: "Future[Any]", *, index: Library, folder: Path) -> None:
    """Mount the page at "/"; routes that `app` has already come first.

    Args:
        app: a FastAPI application.
        ready: the assistant, once its models are loaded.
        index: the documents, which show before.
        folder: where uploads go.
    """
    import gradio as gr  # after `qa/page/blocks.py`, which switches its statistics off first

    blocks = assemble(ready, index=index, folder=folder)
    gr.mount_gradio_app(app, blocks, "/", show_error=False, **dressing())
