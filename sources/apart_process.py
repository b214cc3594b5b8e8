"""The other end of `sources/apart.py`: one file after the other, in a process that may be stopped at
any moment and can do little harm. It keeps itself to its limits on memory, writes no file, and ends
with whoever started it. Requests and replies are a line of JSON and then bytes.
"""

import faulthandler
import gc
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from sources.errors import UnreadableFile
from sources.settings import SourcesSettings

FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind",
             "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
             "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
             "os.truncate", "os.chmod", "os.chown", "shutil.rmtree")  # fmt: skip
"""What nothing here has a reason to do, as Python's audit events name it."""

_LARGE = 2**20  # bytes of a file after which memory is tidied
GRACE = 5.0  # seconds after which a worker ends by itself that nobody has stopped
_WRITING = os.O_WRONLY | os.O_RDWR
FAILURES = frozenset({"unreadable", "memory", "failed"})  # what a reply without a result has
Reply = dict[str, Any]
Work = Callable[[dict[str, Any], bytes, SourcesSettings], Reply]


def serve(work: Work) -> None:
    """Read requests from standard input until it ends, and reply what `work` makes of each."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a parser prints is no reply
    harmless()
    requests = sys.stdin.buffer
    while line := requests.readline():
        asked = json.loads(line)
        settings = SourcesSettings(**asked["settings"])
        data = requests.read(asked["bytes"])
        faulthandler.dump_traceback_later(settings.max_seconds + GRACE, exit=True)
        limit_memory(settings.max_memory_bytes)
        reply = answer(work, asked, data, settings)
        faulthandler.cancel_dump_traceback_later()
        send(replies, reply)
        if len(data) > _LARGE or not FAILURES.isdisjoint(reply):
            gc.collect()  # or the next file has less room


def answer(work: Work, asked: dict[str, Any], data: bytes, settings: SourcesSettings) -> Reply:
    """Return what `work` makes of a file, or why there is nothing."""
    try:
        return work(asked, data, settings)
    except UnreadableFile as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"memory": True}
    except (Exception, RecursionError) as error:  # parsers raise anything on bad bytes
        if "alloc" in str(error).casefold() or "memory" in str(error).casefold():
            return {"memory": True}
        return {"failed": type(error).__name__}


def send(replies: BinaryIO, reply: Reply) -> None:
    """Write a reply; one that does not fit into memory is told as such."""
    try:
        written = json.dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except MemoryError:
        written = b'{"memory": true}'
    replies.write(b"%d\n" % len(written))
    replies.write(written)
    replies.flush()


def harmless() -> None:
    """Give up, for the rest of this process, what no loader needs."""
    import signal

    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.addaudithook(_forbid)
    _limit("RLIMIT_FSIZE", lambda: 0)
    _limit("RLIMIT_CORE", lambda: 0)


def _forbid(event: str, args: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(args[0], str | bytes) and args[2] & _WRITING
    if writes or event in FORBIDDEN:
        raise PermissionError(f"no loader may: {event}")


def limit_memory(more: int) -> None:
    """Let this process grow by so many bytes, where the system can bound that."""
    _limit("RLIMIT_AS", lambda: _size() + more)


def _limit(name: str, amount: Callable[[], int]) -> None:
    with suppress(ImportError, AttributeError, ValueError, OSError):  # Windows has none of them
        import resource

        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (amount(), hard))


def _size() -> int:
    """Return the bytes of address space in use; raises `OSError` where that is not told."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
