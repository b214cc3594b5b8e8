"""Finds and reads the files of a benchmark; whatever is not as its authors publish it is one error
that names the file, the place and what was expected.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from eval.cases.case import encodable
from eval.errors import EvaluationError

T = TypeVar("T")


def found(folder: Path, *patterns: str, what: str) -> tuple[Path, ...]:
    """Return the files of the first pattern that has any, sorted.

    Args:
        folder: where the user's data is.
        patterns: glob patterns, best first; those with "**" look into folders below.
        what: what is looked for, in the words of the error.

    Raises:
        EvaluationError: there is no such folder, or no such file in it.
    """
    if not folder.is_dir():
        message = f"There is no folder {str(folder)!r}; name the one that holds the data"
        raise EvaluationError(f"{message} with --data.")
    for pattern in patterns:
        files = tuple(sorted(path for path in folder.glob(pattern) if path.is_file()))
        if files:
            return files
    named = " or ".join(map(repr, patterns))
    raise EvaluationError(
        f"The folder {str(folder)!r} holds no {what} (looked for {named}); put the files there as"
        " their authors publish them."
    )


def whole(path: Path) -> Any:
    """Return a JSON file's value."""
    try:
        return _checked(path, json.loads(_text(path)))
    except (ValueError, RecursionError) as error:
        raise unreadable(path, f"not JSON, {error}") from error


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON lines file; a file that is one JSON list is read, too."""
    text = _text(path)
    if text.lstrip().startswith("["):
        rows = whole(path)
    else:
        rows = []
        for number, line in enumerate(text.split("\n"), 1):
            try:
                rows += [json.loads(line)] if line.strip() else []
            except (ValueError, RecursionError) as error:
                raise unreadable(path, f"line {number} is not JSON, {error}") from error
    if not all(isinstance(row, dict) for row in rows):
        raise unreadable(path, "a row is no object")
    return list(_checked(path, rows))


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a CSV or TSV file by the names in its first line."""
    csv.field_size_limit(2**24)
    try:
        return list(csv.DictReader(_text(path).splitlines(keepends=True), delimiter=delimiter))
    except csv.Error as error:
        raise unreadable(path, str(error)) from error


def each(path: Path, rows: list[Any], make: Callable[[Any], T]) -> Iterator[T]:
    """Yield what `make` makes of each row.

    Raises:
        EvaluationError: a row lacks something; the text names the file, the row and the field.
    """
    for number, row in enumerate(rows, 1):
        try:
            yield make(row)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            said = f" has no {error}" if isinstance(error, KeyError) else f": {error}"
            raise unreadable(path, f"row {number}{said}") from error


def digest(*paths: Path) -> str:
    """Return one SHA-256 over the files' bytes, in the order given."""
    made = hashlib.sha256()
    for path in paths:
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def _checked(path: Path, value: T) -> T:
    if not encodable(value):
        raise unreadable(path, "it holds halves of characters")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, str(error)) from error


def unreadable(path: Path, why: str) -> EvaluationError:
    """Return the error about a file that is not as its authors publish it."""
    message = f"The benchmark file {str(path)!r} cannot be used ({why})"
    return EvaluationError(f"{message}; get it again from its authors.")
