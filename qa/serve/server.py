"""Serves the chat page and the API in one process, until it is told to end. The only door of
`uvicorn`; what is served is put together in `qa/serve/api.py` and `qa/page/mount.py`.
"""

import logging
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp

from qa.errors import ServingError
from qa.serve import access
from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings

_log = logging.getLogger("uvicorn.error")

_HEAD_START = 1.5  # seconds in which an opening page has the processors before models load
_LAST_SECONDS = 2  # for replies under way when the questions are done; open pages never end


def serve(
    line: Line,
    settings: ServingSettings,
    *,
    folder: Path,
    open_browser: bool = False,
    on_ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until interrupted; `on_ready` is told the address once it answers.

    Only then the documents are brought up to date and the models loaded. When it is told to end, no question is let in any more, those being
    answered get `settings.patience` seconds, and a second interrupt ends it at once.

    Raises:
        ServingError: strangers could ask, the port is taken, or the address is not of this machine.
    """
    from qa.page.mount import mount  # Gradio takes seconds to import; MCP and tests do without

    access.check(settings)
    listening = listen(settings.host, settings.port)
    app = application(line, settings, folder=folder)
    mount(app, line.ready, index=line.index, folder=folder, read_only=settings.read_only)
    address = address_of(listening, settings.host)

    def started() -> None:
        on_ready(address)
        if open_browser:
            webbrowser.open(address)
        line.begin(after=_HEAD_START)

    server(app, line, started).run([listening])


def server(app: ASGIApp, line: Line, started: Callable[[], None]) -> "Server":
    """Return a server of `app`, to be run with sockets."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # it would hold what people look at
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
        ws="none",
    )
    return Server(config, line, started)


class Server(uvicorn.Server):
    """Uvicorn that tells when it answers, and lets questions be finished before it ends."""

    def __init__(self, config: uvicorn.Config, line: Line, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._line = line
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if not self.should_exit:
            self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the questions be finished, then end; meanwhile others are told to come back."""
        await to_thread.run_sync(self._line.end, abandon_on_cancel=True)
        _log.setLevel(logging.CRITICAL)  # open pages are cut off, which is no error
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order at the first signal, at once at the second."""
        if self.should_exit:
            self.force_exit = True
            self._line.hurry()
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any free one.

    Raises:
        ServingError: the port is taken, or the address is not one of this machine.
    """
    if not 0 <= port <= 65535:
        raise ServingError(f"{port} is no port; choose one from 1 to 65535, or 0 for any.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen(128)
    except (OSError, UnicodeError) as error:
        listening.close()
        raise ServingError(
            f"Port {port} of {host!r} cannot be used ({error}); name another port."
        ) from error
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """Return the address to open in a browser."""
    port = listening.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
