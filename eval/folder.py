"""A run's folder: what it holds, who may write to it, and how an interrupted run goes on. Keeps
`run.json` (what was run), `cases.jsonl`, `answers.jsonl`, `scores.jsonl` and `summary.json`.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from eval.cases import Case, load
from eval.errors import EvaluationError
from eval.record import Record
from eval.score import Score
from eval.summary import Summary


@dataclass(frozen=True)
class Made:
    """What a run was made of: `run.json`. Two runs with different ones share no folder."""

    cases: str
    cases_sha256: str
    documents_sha256: str
    engine: str
    settings: dict[str, str]


class RunFolder:
    """A folder of one run; every method that writes leaves no half-written file behind."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path
        self.answers_file = path / "answers.jsonl"
        self.report_file = path / "report.html"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and hold it for this process.

        Raises:
            EvaluationError: another run is writing to it, or it cannot be written.
        """
        lock = FileLock(self.path / ".lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout as error:
            message = f"Another run is writing to {str(self.path)!r}; wait for it"
            raise EvaluationError(f"{message} or name another folder with --out.") from error
        except OSError as error:
            message = f"The folder {str(self.path)!r} cannot be written ({error})"
            raise EvaluationError(f"{message}; name another one with --out.") from error
        try:
            yield
        finally:
            lock.release()

    def begin(self, made: Made, cases_file: Path) -> None:
        """Start a run, or go on with one that was made of the same.

        Raises:
            EvaluationError: the folder holds a run of something else.
        """
        held = self.path / "run.json"
        if held.exists():
            before = _read_json(held)
            changed = [name for name, value in asdict(made).items() if before.get(name) != value]
            if changed:
                message = f"The folder {str(self.path)!r} holds a run with other {_and(changed)}"
                raise EvaluationError(f"{message}; name a new folder with --out.")
        shutil.copyfile(cases_file, self.path / "cases.jsonl")
        _write(held, json.dumps(asdict(made), ensure_ascii=False, indent=2))
        self._mend_answers()

    def made(self) -> Made:
        """Read back what the run was made of."""
        return Made(**_read_json(self.path / "run.json"))

    def cases(self) -> tuple[Case, ...]:
        """Read the run's own copy of its cases."""
        return load(self.path / "cases.jsonl")

    def answers(self) -> dict[str, Record]:
        """Read the answers so far by case; of two for one case the later counts."""
        if not self.answers_file.exists():
            return {}
        lines = self.answers_file.read_text(encoding="utf-8").split("\n")
        records: dict[str, Record] = {}
        for number, line in enumerate(lines, start=1):
            try:
                record = Record.read(line) if line else None
            except (ValueError, KeyError, TypeError) as error:
                message = f"Line {number} of {str(self.answers_file)!r} is no answer of a run"
                raise EvaluationError(f"{message}; delete the line and run again.") from error
            if record:
                records[record.id] = record
        return records

    def append(self, record: Record) -> None:
        """Add one finished case, on disk before this returns."""
        with self.answers_file.open("a", encoding="utf-8") as file:
            file.write(record.line() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def write_results(self, scores: tuple[Score, ...], summary: Summary) -> None:
        """Write `scores.jsonl` and `summary.json`."""
        lines = (json.dumps(score.as_json(), ensure_ascii=False) + "\n" for score in scores)
        _write(self.path / "scores.jsonl", "".join(lines))
        _write(
            self.path / "summary.json",
            json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n",
        )

    def scores(self) -> tuple[Score, ...]:
        """Read the scores of a finished run, in the order of its cases."""
        lines = _read(self.path / "scores.jsonl").splitlines()
        return tuple(Score.read(json.loads(line)) for line in lines)

    def summary(self) -> Summary:
        """Read the summary of a finished run."""
        try:
            return Summary.read(_read_json(self.path / "summary.json"))
        except (KeyError, TypeError) as error:
            message = f"The file {str(self.path / 'summary.json')!r} is no summary of a run"
            raise EvaluationError(f"{message}; run `python -m eval run` into it again.") from error

    def write_report(self, page: str) -> None:
        """Write `report.html`."""
        _write(self.report_file, page)

    def _mend_answers(self) -> None:
        """Cut off a last line that a killed run left unfinished."""
        if self.answers_file.exists():
            held = self.answers_file.read_bytes()
            whole = held.rfind(b"\n") + 1
            if whole < len(held):
                with self.answers_file.open("r+b") as file:
                    file.truncate(whole)


def _and(names: list[str]) -> str:
    words = [name.replace("_sha256", "").replace("_", " ") for name in names]
    return " and ".join(dict.fromkeys(words))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"There is no finished run in {str(path.parent)!r} ({path.name} cannot be read)"
        raise EvaluationError(f"{message}; make one with `python -m eval run`.") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except ValueError as error:
        message = f"The file {str(path)!r} is not JSON ({error}); run into a new folder"
        raise EvaluationError(f"{message} with --out.") from error
    return value if isinstance(value, dict) else {}


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
