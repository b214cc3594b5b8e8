"""Processes that are made quickly and may be killed: each is forked from one that has imported
everything already, so that two hundred of them take minutes.
"""

import errno
import multiprocessing
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_CHANGES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
_forge = multiprocessing.get_context("forkserver")
_forge.set_forkserver_preload(["tests.torture.deeds"])

Deed = Callable[..., Any]
Strike = Callable[[str], None]


@dataclass(frozen=True)
class Dies:
    """The process kills itself before its n-th write."""

    at: int


@dataclass(frozen=True)
class Fails:
    """The n-th write and all after it fail with this number of `errno`, as a disk does."""

    at: int
    errno: int


@dataclass(frozen=True)
class Small:
    """No file may grow beyond so many bytes: the write that would is cut short."""

    bytes: int


Harm = Dies | Fails | Small | None


@dataclass(frozen=True)
class Ended:
    """How a process ended: what its work returned, or what it raised, or neither: it was killed."""

    value: Any = None
    error: str | None = None
    killed: bool = False
    ours: bool = False
    """Whether what it raised is told to users as one sentence."""


class Forged:
    """A process at work. It says when it has begun; `kill` may come at any moment after."""

    def __init__(self, deed: Deed, *args: Any, harm: Harm = None) -> None:
        """Start `deed(*args)`."""
        self._hears, said = _forge.Pipe(duplex=False)
        self._process = _forge.Process(target=_work, args=(said, harm, deed, args))
        self._process.start()
        said.close()
        self._hears.recv()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._process.kill()

    def wait(self) -> Ended:
        """Wait for its end."""
        try:
            ended: Ended = self._hears.recv()
        except EOFError:
            ended = Ended(killed=True)
        self._process.join()
        self._hears.close()
        return ended


def done(deed: Deed, *args: Any) -> Any:
    """Return what `deed(*args)` returns in a process of its own.

    Raises:
        RuntimeError: it raised something, which is named.
    """
    ended = Forged(deed, *args).wait()
    if ended.killed or ended.error:
        raise RuntimeError(f"{deed.__name__} ended badly: {ended.error or 'killed'}")
    return ended.value


def writes(deed: Deed, *args: Any) -> list[str]:
    """Return what `deed(*args)` writes, in order, one word or two for each write."""
    found: list[str] = done(_counted, deed, args)
    return found


def _counted(deed: Deed, args: tuple[Any, ...]) -> list[str]:
    found: list[str] = []
    before_every_write(found.append)
    deed(*args)
    return found


def _work(said: Connection, harm: Harm, deed: Deed, args: tuple[Any, ...]) -> None:
    from sources import FootnoteError

    said.send("begun")
    if isinstance(harm, Small):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (harm.bytes, hard))
    elif harm:
        before_every_write(_Blow(harm))
    try:
        said.send(Ended(deed(*args)))
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        said.send(Ended(error=told, ours=isinstance(error, FootnoteError)))


class _Blow:
    """Counts writes and strikes at the right one."""

    def __init__(self, harm: Dies | Fails) -> None:
        self._harm = harm
        self._done = 0

    def __call__(self, what: str) -> None:
        self._done += 1
        if isinstance(self._harm, Fails) and self._done >= self._harm.at:
            raise OSError(self._harm.errno, os.strerror(self._harm.errno))
        if isinstance(self._harm, Dies) and self._done == self._harm.at:
            os.kill(os.getpid(), signal.SIGKILL)


def before_every_write(strike: Strike) -> None:
    """Call `strike` before everything this process changes on disk, from now on to its end.

    These are files opened for writing, renamed, linked and removed, statements of SQLite that are
    no questions, and calls of Chroma that write. What `strike` raises, the write raises.
    """
    from index.store import Store

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and _writes(args)):
            strike(f"{event} {args[0]!r}")

    connect = sqlite3.connect

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        return connect(*args, factory=_connection(strike), **options)

    sys.addaudithook(audit)
    sqlite3.connect = connected  # type: ignore[assignment]
    for name in ("upsert", "delete", "drop"):
        setattr(Store, name, _struck(getattr(Store, name), name, strike))


def _writes(args: tuple[Any, ...]) -> bool:
    path, _, flags = args
    return isinstance(path, str | bytes) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _connection(strike: Strike) -> type[sqlite3.Connection]:
    """Return connections that are struck before each statement which is no question."""

    class Struck(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            _statement(sql, strike)
            return super().execute(sql, *args)

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
            _statement(sql, strike)
            return super().executemany(sql, *args)

    return Struck


def _statement(sql: str, strike: Strike) -> None:
    if sql.lstrip().upper().startswith(("SELECT", "ROLLBACK")):
        return
    try:
        strike(sql[:60])
    except OSError as error:
        full = error.errno == errno.ENOSPC
        what = "database or disk is full" if full else "attempt to write a readonly database"
        raise sqlite3.OperationalError(what) from error


def _struck(real: Callable[..., Any], name: str, strike: Strike) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        strike(f"Chroma {name}")
        result = real(*args, **options)
        strike(f"Chroma {name} done")
        return result

    return wrapped
