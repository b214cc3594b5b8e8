"""Files that would hang, blow up or crash their reader are ended in time, and the others go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bytes_to_read import read_bytes
from costly_files import (
    HOSTILE,
    pdf_of_endless_drawing,
    pdf_of_many_objects,
    pdf_with_scripts,
    word,
    word_bomb,
)

from sources import SourcesError, SourcesSettings, UnreadableFile, apart
from sources.apart_process import answer
from sources.settings import MEBIBYTE
from sources.worker import APART, WORKER, Worker
from sources.worker_process import extract_of, load

ROOT = Path(__file__).parents[1]
PDF = pdf_with_scripts()
WORDS = "The robot crossed the river on a Monday."


@pytest.fixture
def own() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def ended(pid: int) -> bool:
    """Tell whether a process is gone, within some seconds."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_with_a_document_or_one_reason_and_within_its_limits(name: str) -> None:
    suffix, make = HOSTILE[name]
    limits = SourcesSettings(max_seconds=3, max_memory_bytes=384 * MEBIBYTE)
    try:
        text = read_bytes(make(), suffix, limits).text
    except UnreadableFile as error:
        assert "; " in str(error) and "\n" not in str(error)
    else:
        assert WORDS in text
    assert read_bytes(PDF, ".pdf").text == WORDS


def test_what_takes_too_long_is_ended_and_the_next_file_is_read(own: Worker) -> None:
    limits = SourcesSettings(max_seconds=0.2)
    with pytest.raises(UnreadableFile, match=r"longer than 0\.2 seconds to read; split it"):
        own.extract(".pdf", pdf_of_endless_drawing(), limits)
    assert own.extract(".pdf", PDF, SourcesSettings()).text == WORDS


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds memory so")
def test_what_takes_too_much_memory_is_ended_and_the_next_file_is_read(own: Worker) -> None:
    limits = SourcesSettings(max_memory_bytes=300 * MEBIBYTE)
    with pytest.raises(UnreadableFile, match="more than 300 MiB of memory"):
        own.extract(".docx", word_bomb(), limits)
    assert own.extract(".pdf", PDF, limits).text == WORDS


def test_one_process_reads_many_files_and_text_needs_none(own: Worker) -> None:
    pids = set()
    for _ in range(3):
        own.extract(".pdf", PDF, SourcesSettings())
        pids.add(own.pid)
    assert len(pids) == 1 and None not in pids
    assert not APART & {".txt", ".md", ".csv"}
    WORKER.close()
    read_bytes(b"Words.", ".txt")
    assert WORKER.pid is None


def test_a_process_that_crashes_is_replaced_and_the_file_is_tried_once_more(own: Worker) -> None:
    own.extract(".pdf", PDF, SourcesSettings())
    first = own.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert own.extract(".pdf", PDF, SourcesSettings()).text == WORDS
    assert own.pid != first


def test_a_file_that_crashes_its_reader_is_refused_with_a_reason(own: Worker) -> None:
    def kill() -> None:
        assert own.pid is not None
        os.kill(own.pid, signal.SIGKILL)

    with pytest.raises(UnreadableFile, match="its parser crashed"):
        own.extract(".pdf", pdf_of_endless_drawing(), SourcesSettings(), waiting=kill)


class Enough(Exception):
    """Raised by whoever waits no longer."""


def test_whoever_waits_can_end_the_reading(own: Worker) -> None:
    def enough() -> None:
        raise Enough

    with pytest.raises(Enough):
        own.extract(".pdf", pdf_of_endless_drawing(), SourcesSettings(), waiting=enough)
    assert own.pid is None
    assert own.extract(".pdf", PDF, SourcesSettings()).text == WORDS


def test_a_process_that_rests_ends(own: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "RESTS", 0.1)
    own.extract(".pdf", PDF, SourcesSettings())
    pid = own.pid
    assert pid is not None and ended(pid)


def test_threads_take_turns(own: Worker) -> None:
    texts: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: texts.append(own.extract(".pdf", PDF, SourcesSettings()).text)
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [WORDS] * 4


_PARENT = """
import sys
from tests.costly_files import pdf_of_endless_drawing
from sources.settings import SourcesSettings
from sources.worker import Worker
own = Worker()
own.extract(".pdf", pdf_of_endless_drawing(), SourcesSettings(max_seconds=float(sys.argv[1])),
            waiting=lambda: print(own.pid, flush=True))
"""


def test_a_reader_outlives_a_killed_program_by_seconds_at_most() -> None:
    """The program dies while its reader is caught in a file; the reader must end by itself."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, "1"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert ended(pid)


def test_no_process_at_all_is_one_sentence(own: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(SourcesError, match="temporarily unavailable.*end other programs"):
        own.extract(".pdf", PDF, SourcesSettings())


_ARTICLE = "".join(f"<p>The {n}th robot crossed the river, and boats came.</p>" for n in range(9))
_HTML = f"<html lang=en><title>서울</title><body><article><h1>서울</h1>{_ARTICLE}</article></body>"
_PARAGRAPH = b"<w:p><w:r><w:t>The robot &#xAC15; crossed.</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".pdf", PDF),
        (".docx", word(_PARAGRAPH * 3)),
        (".html", _HTML.encode()),
        (".pdf", pdf_of_many_objects(3000)),
    ],
)
def test_what_comes_back_is_what_the_loader_made(own: Worker, suffix: str, data: bytes) -> None:
    here = extract_of(answer(load, {"suffix": suffix}, data, SourcesSettings()))
    assert own.extract(suffix, data, SourcesSettings()) == here
    assert "robot" in here.text


_ACTS = """
import os, socket, subprocess
from sources.apart_process import harmless
harmless()
for act in (
    lambda: socket.socket().connect(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("localhost", 9),
    lambda: subprocess.run(["true"]),
    lambda: os.system("true"),
    lambda: os.remove("README.md"),
    lambda: open("footnote-left-behind", "w"),
):
    try:
        act()
    except PermissionError as error:
        print(error)
"""


def test_the_reader_can_reach_nobody_start_nothing_and_write_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ACTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["no loader may"] * 6
    assert not (ROOT / "footnote-left-behind").exists() and (ROOT / "README.md").exists()


def test_the_reader_loads_neither_llamaindex_nor_what_no_file_needs() -> None:
    check = apart.START.replace(".serve()", "; print(*sys.modules)")
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            check,
            "sources.worker_process",
            f"sources={ROOT / 'sources'}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "sources.extract" in loaded
    assert not loaded & {"llama_index", "numpy", "pypdf", "docx", "openpyxl", "trafilatura"}
