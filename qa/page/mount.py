"""Puts the chat page at the root of an application that serves more than it, and lets only the
scripts run that Gradio itself wrote into it: each is marked with a number nobody can know before.
"""

import os
import secrets
import shutil
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from qa.page.blocks import assemble, dressing
from qa.page.run import Library

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# What the page may load: itself and nothing from anywhere else. Gradio makes functions of text
# (`js_on_load`) and writes styles; a script or a handler that a document smuggles in does not run.
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:;"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self' data: blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def mount(
    app: Any, ready: "Future[Any]", *, index: Library, folder: Path, read_only: bool = False
) -> None:
    """Mount the page at "/"; routes that `app` has already come first.

    Args:
        app: a FastAPI application.
        ready: the assistant, once its models are loaded.
        index: the documents, which show before.
        folder: where uploads go.
        read_only: visitors change no document.
    """
    uploads = index.location / "uploads"
    shutil.rmtree(uploads, ignore_errors=True)  # what an earlier server left when it was killed
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)  # read when the page is made
    import gradio as gr  # after `qa/page/blocks.py`, which switches its statistics off first

    blocks = assemble(ready, index=index, folder=folder, read_only=read_only)
    gr.mount_gradio_app(app, blocks, "/", show_error=False, **dressing())
    app.add_middleware(Marked)


class Marked:
    """Middleware that marks the scripts of an HTML page, and tells the browser to run no other."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        """Go around `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is not the page, and the page with its scripts marked."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        held: list[Message] = []

        async def marking(message: Message) -> None:
            if not held and not _begins_page(message):
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.start" or message.get("more_body"):
                return
            body = b"".join(part.get("body", b"") for part in held)
            body = body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
            await send({**held[0], "headers": _headers(held[0], len(body), nonce)})
            await send({"type": "http.response.body", "body": body})

        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, marking)


def _begins_page(message: Message) -> bool:
    headers = dict(message.get("headers", ()))
    return bool(headers.get(b"content-type", b"").startswith(b"text/html"))


def _headers(started: Message, length: int, nonce: str) -> list[tuple[bytes, bytes]]:
    replaced = (b"content-length", b"content-security-policy", b"cache-control")
    kept = [(name, value) for name, value in started["headers"] if name not in replaced]
    policy = POLICY.format(nonce=nonce).encode()
    own = [(b"content-length", str(length).encode()), (b"content-security-policy", policy)]
    return [*kept, *own, (b"cache-control", b"no-store")]
