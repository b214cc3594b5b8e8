"""How much memory this process took at most, and those it started: the language model has one of
its own.
"""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROCESSES = Path("/proc")


def peak_memory() -> float | None:
    """Return the most MiB this process had resident so far, and where the system tells (Linux) the
    most of each process it has running; `None` where the system does not say.
    """
    with suppress(ImportError):
        import resource  # Unix only

        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        own = used / (2**20 if platform.system() == "Darwin" else 2**10)
        return round(own + sum(map(_peak, _below(os.getpid()))), 1)
    return None


def _below(pid: int) -> Iterator[int]:
    """Yield the processes that `pid` started and that still run, and theirs."""
    for file in (PROCESSES / str(pid) / "task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from _below(child)


def _peak(pid: int) -> float:
    """Return the most MiB that another process had resident so far."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+) kB", (PROCESSES / str(pid) / "status").read_text())
        return int(found[1]) / 2**10 if found else 0.0
    return 0.0
