"""A llama.cpp compiled for this machine: used where it is there and works, and never left behind."""

import stat
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from qa import llama_process, native_process
from qa.errors import ModelError
from qa.local_model import LocalServer, _commands

SERVES = f"""#!{sys.executable}
import http.server, sys
at = int(sys.argv[sys.argv.index("--port") + 1])
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"well")
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", at), Well).serve_forever()
"""


def compiled(tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program where `make native` puts the one it makes."""
    file = tmp_path / "bin" / "footnote-llama-server"
    file.parent.mkdir()
    file.write_text(code, encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return file


def test_without_one_the_installed_llama_cpp_is_all_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert native_process.program() is None
    [command] = _commands(Path("weights.gguf"), 2)
    assert command[-3:] == [llama_process.__file__, "weights.gguf", "2"]


def test_both_are_given_the_same_context_batches_and_memory() -> None:
    told = llama_process.shape()
    params = llama_process.parameters("weights.gguf", 2)
    for option, value in (
        ("--ctx-size", params.n_ctx),
        ("--parallel", params.n_parallel),
        ("--ubatch-size", params.n_ubatch),
        ("--cache-ram", params.cache_ram_mib),
        ("--spec-ngram-simple-size-n", params.speculative.ngram_simple.size_n),
        ("--spec-ngram-simple-size-m", params.speculative.ngram_simple.size_m),
    ):
        assert told[told.index(option) + 1] == str(value)


def test_the_compiled_one_serves_and_ends_with_whoever_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = compiled(tmp_path, SERVES, monkeypatch)
    server = LocalServer(tmp_path / "weights.gguf")
    with urllib.request.urlopen(f"{server.address}/health", timeout=10) as answered:
        assert answered.read() == b"well"
    running = [p for p in psutil.Process().children(recursive=True) if str(program) in p.cmdline()]
    assert running and server.is_running
    server.close()
    gone, alive = psutil.wait_procs(running, timeout=10)
    assert gone and not alive and not server.is_running


def test_when_the_compiled_one_is_killed_that_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = compiled(tmp_path, SERVES, monkeypatch)
    server = LocalServer(tmp_path / "weights.gguf")
    for one in psutil.Process().children(recursive=True):
        if str(program) in one.cmdline()[:2] and "-P" not in one.cmdline():
            one.kill()
    until = time.monotonic() + 10
    while server.is_running and time.monotonic() < until:
        time.sleep(0.05)
    assert not server.is_running
    server.close()


def test_one_that_does_not_start_gives_way_to_the_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(tmp_path, "#!/bin/sh\nexit 4\n", monkeypatch)
    weights = tmp_path / "broken.gguf"
    weights.write_bytes(b"no weights at all")
    tried = [command[2] for command in _commands(weights, 2)]
    assert tried == [native_process.__file__, llama_process.__file__]
    with pytest.raises(ModelError, match=r"'broken.gguf'.*--verify"):
        LocalServer(weights)
