"""For every test: no socket reaches beyond loopback, and a real Chromium for those that need one."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Nothing may ask a hub or send statistics; set before any library reads them.
for name, value in {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}.items():
    os.environ.setdefault(name, value)


class BeyondLoopback(AssertionError):
    """Raised when a test tries to reach another machine."""


def _stays_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a path: a Unix socket
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection, datagram and name look-up that leaves this machine."""
    kept = {n: getattr(socket.socket, n) for n in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def guarded(name: str) -> Any:
        def call(self: socket.socket, *args: Any) -> Any:
            inet = self.family in (socket.AF_INET, socket.AF_INET6)
            if inet and args and not _stays_here(args[-1]):
                raise BeyondLoopback(f"a test reached for {args[-1]!r}; no test uses the network")
            return kept[name](self, *args)

        return call

    def local_only(host: Any, *args: Any, **more: Any) -> Any:
        named = host.decode() if isinstance(host, bytes) else host
        if named is not None and not _stays_here((named, 0)) and not _is_any(named):
            raise BeyondLoopback(f"a test looked up {named!r}; no test uses the network")
        return look_up(host, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        for name in kept:
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", local_only)
        yield


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::")  # for listening, never for reaching


def chromium_path() -> str | None:
    """Return where the browser is: `CHROMIUM`, or the first found by its usual names."""
    named = os.environ.get("CHROMIUM")
    usual = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next(filter(None, map(shutil.which, usual)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Return a running headless Chromium; without one, fail in CI and skip loudly elsewhere."""
    path = chromium_path()
    if path is None:
        said = "CHROMIUM IS MISSING: the chat page is NOT tested; install it (apt install chromium)"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(said)
        pytest.skip(said)
    from playwright.sync_api import sync_playwright

    quiet = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-domain-reliability",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(quiet))
        yield browser
        browser.close()
