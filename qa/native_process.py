"""The process of the local language model where llama.cpp was compiled for this machine (`make
native`): it starts that llama-server on a loopback address and ends it when its own standard input
ends, so also when whoever started it was killed. `qa/llama_process.py` is what runs elsewhere.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

LOOK = 0.05  # seconds between two looks whether it answers
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def program() -> Path | None:
    """Return the llama-server of this environment, or `None` where none was compiled."""
    found = Path(sys.prefix) / "bin" / "footnote-llama-server"
    return found if os.access(found, os.X_OK) else None


def main(*command: str) -> None:
    """Run a llama-server until standard input ends; the first line of output tells the address, or
    the error.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us in turn
    port = _free_port()
    try:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        )  # fmt: skip
    except OSError as error:
        _tell({"error": str(error)})
        return
    address = f"http://127.0.0.1:{port}"
    try:
        if _answers(f"{address}/health", server):
            _tell({"address": address})
            _watch(server)
        else:
            _tell({"error": f"it ended with {server.returncode}"})
    finally:
        server.kill()
        server.wait()


def _watch(server: "subprocess.Popen[bytes]") -> None:
    """Wait until standard input ends; when the server ends before, so does this process."""
    import threading

    def ended() -> None:
        server.wait()
        os._exit(1)

    threading.Thread(target=ended, daemon=True).start()
    sys.stdin.buffer.read()


def _answers(address: str, server: "subprocess.Popen[bytes]") -> bool:
    """Wait until the model is loaded; say whether the server lives then."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(LOOK)
    return False


def _tell(said: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def arguments(server: Path, weights: Path, threads: int, shape: Sequence[str]) -> list[str]:
    """Return the command of a llama-server; `shape` are its options of context and batches."""
    return [
        str(server), "--model", str(weights), "--threads", str(threads),
        "--threads-batch", str(threads), "--load-mode", "none", "--offline", *shape,
    ]  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
