"""The files of a run on disk: whole or not at all, line by line, and what a full disk or a kill
leaves behind. Knows nothing of what the files say.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from eval.errors import EvaluationError

T = TypeVar("T")


def append_line(path: Path, line: str) -> None:
    """Add one line to a file, on disk before this returns.

    Raises:
        EvaluationError: the disk refuses it.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _refused(path, error) from error


def mend(path: Path) -> None:
    """Cut off a last line of JSON lines that a killed run left unfinished."""
    if path.exists():
        held = path.read_bytes()
        whole = held.rfind(b"\n") + 1
        if whole < len(held):
            with path.open("r+b") as file:
                file.truncate(whole)


def _refused(path: Path, error: OSError) -> EvaluationError:
    message = f"{str(path)!r} cannot be written ({error.strerror or error}); finished cases are"
    return EvaluationError(f"{message} kept, so make room and give the same command again.")


def read_text(path: Path) -> str:
    """Return the text of a file of a run.

    Raises:
        EvaluationError: there is no such file.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"There is no finished run in {str(path.parent)!r} ({path.name} cannot be read)"
        raise EvaluationError(f"{message}; make one with `python -m eval run`.") from error


def read_rows(path: Path, make: Callable[[str], T], what: str) -> list[T]:
    """Return what `make` makes of each line of a JSON lines file; nothing where there is no file.

    Lines end at line feeds alone: texts may hold the other separators of Unicode.

    Raises:
        EvaluationError: a line is none; the text names the file and the line.
    """
    rows: list[T] = []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            rows += [make(line)] if line else []
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"Line {number} of {str(path)!r} is no {what}; delete the line and"
            raise EvaluationError(f"{message} give the same command again.") from error
    return rows


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object that a file of a run holds; {} where it is something else.

    Raises:
        EvaluationError: there is no such file, or it is not JSON.
    """
    try:
        value = json.loads(read_text(path))
    except ValueError as error:
        message = f"The file {str(path)!r} is not JSON ({error}); run into a new folder"
        raise EvaluationError(f"{message} with --out.") from error
    return value if isinstance(value, dict) else {}


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        EvaluationError: the disk refuses it.
    """
    new = path.with_name(path.name + ".new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise _refused(path, error) from error
