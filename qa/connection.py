"""Connections that can be cut from another thread: whoever reads from one is freed at once, and the
server sees that nobody listens any more.
"""

import socket
from contextlib import suppress
from typing import Any

import httpx

from qa.pump import cut_by


def cuttable(timeout: httpx.Timeout) -> httpx.Client:
    """Return a client whose requests a `pump` can cut as soon as they have a connection.

    Each has its own, since one that may be cut is not used again.
    """
    none = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(timeout=timeout, limits=none, event_hooks={"request": [_watched]})


def _watched(request: httpx.Request) -> None:
    request.extensions = {**request.extensions, "trace": _noted}


def _noted(event: str, info: dict[str, Any]) -> None:
    """Note the socket of a new connection, and again once it speaks TLS."""
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        held: socket.socket = info["return_value"].get_extra_info("socket")
        cut_by(lambda: _cut(held))


def _cut(held: socket.socket) -> None:
    with suppress(OSError):  # it may be over already
        held.shutdown(socket.SHUT_RDWR)
