"""A run's folder: what it holds, who may write to it, and how an interrupted run goes on. Keeps
`run.json` (what was run), `progress.json` (how far it is), `cases.jsonl`, `answers.jsonl`,
`scores.jsonl`, `judged.jsonl` (where a judge was asked), `summary.json` and `report.html`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from eval.cases import Case, load
from eval.engines.record import Record
from eval.errors import EvaluationError
from eval.runs.files import append_line, mend, read_json, read_rows, read_text, write_whole
from eval.runs.score import Score
from eval.runs.summary import Summary


@dataclass(frozen=True)
class Made:
    """What a run was made of: `run.json`, everything needed to repeat it.

    `documents` has the SHA-256 of each document's text, `models` the hashes by role, `commits` every
    commit that answered some of its cases ("+" where files differed from it), `versions` Python and
    the packages of the last start.
    """

    cases: str
    cases_sha256: str
    documents_sha256: str
    engine: str
    settings: dict[str, str]
    models: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    sources: str = ""
    commits: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)


# Two runs that differ in one of these share no folder.
TELLING = ("cases", "cases_sha256", "documents_sha256", "engine", "settings", "models")


@dataclass(frozen=True)
class Progress:
    """How far a run is: `progress.json`, for whoever started it in the background.

    `case` is being asked now; `deaths` counts how often the process ended without a word while it
    asked a case.
    """

    state: Literal["asking", "finished", "stopped"]
    done: int
    of: int
    case: str | None = None
    deaths: dict[str, int] = field(default_factory=dict)


class RunFolder:
    """A folder of one run; every method that writes leaves no half-written file behind."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path
        self.answers_file = path / "answers.jsonl"
        self.report_file = path / "report.html"
        self.judged_file = path / "judged.jsonl"

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
            before = read_json(held)
            now = asdict(made)
            changed = [n for n in TELLING if n in before and before[n] != now[n]]
            if changed or not {"cases", "engine"} <= set(before):
                what = _and(changed) or "contents"
                message = f"The folder {str(self.path)!r} holds a run with other {what}"
                raise EvaluationError(f"{message}; name a new folder with --out.")
            commits = tuple(dict.fromkeys([*before.get("commits", ()), *made.commits]))
            made = replace(made, commits=commits)
        if cases_file.resolve() != (self.path / "cases.jsonl").resolve():
            write_whole(self.path / "cases.jsonl", cases_file.read_text(encoding="utf-8-sig"))
        write_whole(held, json.dumps(asdict(made), ensure_ascii=False, indent=2))
        self._mend_answers()

    def made(self) -> Made:
        """Read back what the run was made of."""
        fields = read_json(self.path / "run.json")
        known = {name: value for name, value in fields.items() if name in Made.__match_args__}
        return replace(Made(**known), commits=tuple(fields.get("commits", ())))

    def cases(self) -> tuple[Case, ...]:
        """Read the run's own copy of its cases."""
        return load(self.path / "cases.jsonl")

    def answers(self) -> dict[str, Record]:
        """Read the answers so far by case; of two for one case the later counts."""
        rows = read_rows(self.answers_file, Record.read, "answer of a run")
        return {record.id: record for record in rows}

    def append(self, record: Record) -> None:
        """Add one finished case, on disk before this returns.

        Raises:
            EvaluationError: the disk refuses it; what was finished before is kept.
        """
        append_line(self.answers_file, record.line())

    def tell(self, progress: Progress) -> None:
        """Write how far the run is."""
        write_whole(self.path / "progress.json", json.dumps(asdict(progress)) + "\n")

    def deaths(self) -> dict[str, int]:
        """Return how often the process ended without a word while it asked a case, by case."""
        path = self.path / "progress.json"
        told = read_json(path) if path.exists() else {}
        found = dict(told.get("deaths") or {})
        if told.get("state") == "asking" and isinstance(told.get("case"), str):
            found[told["case"]] = found.get(told["case"], 0) + 1
        return found

    def write_results(self, scores: tuple[Score, ...], summary: Summary) -> None:
        """Write `scores.jsonl` and `summary.json`."""
        lines = (json.dumps(score.as_json(), ensure_ascii=False) + "\n" for score in scores)
        write_whole(self.path / "scores.jsonl", "".join(lines))
        write_whole(
            self.path / "summary.json",
            json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n",
        )

    def scores(self) -> tuple[Score, ...]:
        """Read the scores of a finished run, in the order of its cases."""
        read_text(self.path / "scores.jsonl")  # says what to do where there is none
        return tuple(read_rows(self.path / "scores.jsonl", _score, "score of a run"))

    def summary(self) -> Summary:
        """Read the summary of a finished run."""
        try:
            return Summary.read(read_json(self.path / "summary.json"))
        except (KeyError, TypeError) as error:
            message = f"The file {str(self.path / 'summary.json')!r} is no summary of a run"
            raise EvaluationError(f"{message}; run `python -m eval run` into it again.") from error

    def write_report(self, page: str) -> None:
        """Write `report.html`."""
        write_whole(self.report_file, page)

    def _mend_answers(self) -> None:
        """Cut off a last line that a killed run left unfinished."""
        mend(self.answers_file)


def _score(line: str) -> Score:
    return Score.read(json.loads(line))


def _and(names: list[str]) -> str:
    words = [name.replace("_sha256", "").replace("_", " ") for name in names]
    return " and ".join(dict.fromkeys(words))
