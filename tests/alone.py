"""Runs a command where no other machine exists: in a network namespace that has loopback only. The
kernel counts there what would have left, so that nothing can be tried and hushed up.
`python -m tests.alone REPORT COMMAND...` is the inner half, inside the namespace.
"""

import fcntl
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1  # linux/sockios.h, linux/if.h
_ENTER = ("unshare", "--map-root-user", "--net")


@dataclass(frozen=True)
class Ran:
    """How a command ended, and how many packets it tried to send beyond this machine."""

    code: int
    out: str
    err: str
    left: int


def possible() -> bool:
    """Tell whether this machine lets us make such a namespace."""
    if shutil.which(_ENTER[0]) is None:
        return False
    return subprocess.run([*_ENTER, "true"], capture_output=True).returncode == 0


def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, seconds: float = 600
) -> Ran:
    """Run a command alone, in the project's folder."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        inner = [sys.executable, "-m", "tests.alone", report.name, *command]
        done = subprocess.run(
            [*_ENTER, *inner], cwd=ROOT, env=env, capture_output=True, text=True, timeout=seconds
        )
        said = Path(report.name).read_text(encoding="utf-8")
    assert said, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr, json.loads(said)["left"])


def left() -> int:
    """Return how many packets found no way out of this namespace, and how many went off unasked.

    Over loopback, names are looked up by datagrams and everything else is a stream.
    """
    rows = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()]
    counts = {
        f"{head[0]}{name}": int(value)
        for head, values in zip(rows[::2], rows[1::2], strict=True)
        for name, value in zip(head[1:], values[1:], strict=True)
    }
    sixth = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return (
        counts["Ip:OutNoRoutes"]
        + int(sixth.get("Ip6OutNoRoutes", 0))
        + counts["Udp:OutDatagrams"]
        + int(sixth.get("Udp6OutDatagrams", 0))
    )


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, asked))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def main(report: str, *command: str) -> int:
    """Bring loopback up, run the command, write what the kernel counted."""
    _raise_loopback()
    before = left()
    code = subprocess.run(command).returncode
    Path(report).write_text(json.dumps({"left": left() - before}), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
