"""A real Chroma server, `chroma run`, on loopback: it can be ended, stopped and started again."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx


class ChromaServer:
    """A server of one folder and one address, running once it is made."""

    def __init__(self, folder: Path) -> None:
        """Start it on a free port."""
        command = Path(sys.executable).with_name("chroma")
        found = str(command) if command.exists() else shutil.which("chroma")
        assert found, "chromadb brings its server along"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [found, "run", "--host", "127.0.0.1", "--port", str(port), "--path"]
        self.start(folder)

    def start(self, folder: Path) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [*self._command, str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
        )
        until = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < until, "no server"
            time.sleep(0.1)

    def close(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            reply = httpx.get(f"{self.url}/api/v2/heartbeat", trust_env=False)
        except httpx.HTTPError:
            return False
        return reply.status_code == 200
