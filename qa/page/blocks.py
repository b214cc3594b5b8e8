"""The chat page in Gradio: assemble it, dress it, serve it. `qa/page/layout.py` lays it out,
`qa/page/wires.py` connects it, the rooms of `qa/page/doors.py` do what is asked, `qa/page/talk.py` and
`qa/page/html.py` write its HTML; `page.css` and the scripts are the looks and the moves.
"""

import os
import socket
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when imported

import gradio as gr

from qa.errors import ServingError
from qa.page.desk import Desk
from qa.page.doors import Rooms
from qa.page.layout import lay_out
from qa.page.run import Library, Source
from qa.page.sessions import hold_components_once
from qa.page.wires import wire
from sources.loaders import SUFFIXES

_HERE = Path(__file__).parent
_SANS = ("ui-sans-serif", "system-ui", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR")
_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
_LARGEST_UPLOAD = "200mb"


def assemble(
    assistant: Source,
    *,
    index: Library | None = None,
    folder: Path | None = None,
    suffixes: Collection[str] = SUFFIXES,
    read_only: bool = False,
) -> gr.Blocks:
    """Return the page, to be launched or mounted with `**dressing()`.

    Args:
        assistant: the assistant, a future of it, or what makes it (run in a thread at once); the
            page shows before it is ready.
        index: its index, if it is open already; then documents show before the models are loaded.
        folder: where uploads go; without it nothing can be uploaded.
        suffixes: endings of files that can be read, lower case, with the dot.
        read_only: visitors change no document.
    """
    hold_components_once()
    desk = Desk(assistant, index=index, folder=folder, suffixes=suffixes, read_only=read_only)
    rooms = Rooms.over(desk)
    blocks: gr.Blocks = gr.Blocks(
        title="Footnote", analytics_enabled=False, fill_width=True, fill_height=True
    )
    with blocks:
        parts = lay_out(rooms, lambda: blocks.upload_file_set)
        wire(blocks, parts, rooms)
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
