"""The most memory that was taken, by this process and those it started."""

import subprocess
import sys

import pytest

from eval.memory import peak_memory

HOLD = "held = bytearray(200 * 2**20); print('held', flush=True); input()"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of other processes")
def test_what_a_process_of_ours_holds_is_counted() -> None:
    before = peak_memory()
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline() == b"held\n"
    during = peak_memory()
    child.communicate(b"\n")
    assert before is not None and during is not None and during - before > 200
