"""Evaluation runs as the page shows them: the figures in their folders, one run started and watched
in a process of its own, and cases added from answered questions. `eval/` does all of it, as
commands; nothing of it is imported, because data flows the other way.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.answer import Answer
from qa.errors import SavedError

ROOT = Path(__file__).parents[2]
SHOWN = (
    "right",
    "citation_exact",
    "citation_precision",
    "citation_recall",
    "refused",
    "seconds_p50",
)
"""The figures of a run that are shown, by their names in `summary.json`."""
_RUNS = 20  # runs shown, newest first
_DEPTH = ("summary.json", "*/summary.json", "*/*/summary.json")
_PATIENCE = 60  # seconds for a case to be checked and added


@dataclass(frozen=True)
class Run:
    """A finished run."""

    name: str
    engine: str
    cases: int
    failed: int
    finished: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Pace:
    """How far the run that was started is; `problem` is what it said when it failed."""

    done: int
    total: int
    running: bool
    name: str
    problem: str = ""


def runs(folders: Sequence[Path]) -> list[Run]:
    """Return the finished runs below some folders, newest first; unreadable ones are left out."""
    files = {file.resolve() for folder in folders for form in _DEPTH for file in folder.glob(form)}
    newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
    found = [_run(file) for file in newest[: 2 * _RUNS]]
    return [run for run in found if run][:_RUNS]


def _run(file: Path) -> Run | None:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        figures = {k: float(v["value"]) for k, v in held["overall"].items() if k in SHOWN}
        finished = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="minutes")
        return Run(
            name=f"{file.parent.parent.name}/{file.parent.name}",
            engine=str(held["engine"]),
            cases=int(held["n"]),
            failed=int(held.get("failed", 0)),
            finished=finished,
            figures=figures,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def case_files(own: Path) -> list[Path]:
    """Return the case files that can be run: the user's own, and those that come with Footnote."""
    shipped = sorted((ROOT / "eval" / "cases").glob("*.jsonl"))
    return [file for file in (own, *shipped) if file.is_file()]


class Trial:
    """At most one run at a time, in a process of its own."""

    def __init__(self, sources: Path, place: Path) -> None:
        """Run over the documents in `sources`; write below `place`."""
        self._sources = sources
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._out = place
        self._total = 0

    def start(self, cases: Path) -> None:
        """Begin a run; one that is running already goes on instead.

        Raises:
            SavedError: its folder cannot be made.
        """
        if self.pace().running:
            return
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        self._out = self._place / f"{stamp}-{cases.stem}"
        asked = ["run", "--sources", self._sources, "--cases", cases, "--out", self._out]
        try:
            self._out.mkdir(parents=True)
            self._total = sum(1 for line in cases.read_bytes().split(b"\n") if line.strip())
            with (self._out / "said.txt").open("wb") as said:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "eval", *map(str, asked)],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                )
        except OSError as error:
            raise SavedError(
                f"The run cannot be kept in {str(self._out)!r} ({error.strerror or error});"
                " free some space or mend its rights."
            ) from error

    def stop(self) -> None:
        """End the run; what it answered is kept."""
        if self._process and self._process.poll() is None:
            self._process.terminate()  # SIGINT is ignored under a shell's `&`

    def pace(self) -> Pace:
        """Return how far the run is."""
        if self._process is None:
            return Pace(0, 0, False, "")
        code = self._process.poll()
        problem = "" if code in (None, 0, 130, -signal.SIGTERM) else self._last_words()
        return Pace(self._answered(), self._total, code is None, self._out.name, problem)

    def _answered(self) -> int:
        try:
            return (self._out / "answers.jsonl").read_bytes().count(b"\n")
        except OSError:
            return 0

    def _last_words(self) -> str:
        try:
            said = (self._out / "said.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "?"
        return (said.strip().splitlines() or ["?"])[-1]


def case_of(
    answer: Answer,
    *,
    id: str,
    gold: str,
    include: Sequence[str],
    history: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return an evaluation case made of an answered question.

    Args:
        answer: what was answered; its quotations become the evidence.
        id: of the case.
        gold: the right answer, as the user says; "" for what was answered.
        include: words a right answer must hold, each of them.
        history: the turns before it.
    """
    evidence = list(dict.fromkeys((c.file, c.quote) for c in answer.citations))
    kind = "unanswerable" if answer.abstained else "follow_up" if history else "single"
    return {
        "id": id,
        "question": answer.question.strip(),
        "lang": answer.language,
        "kind": kind,
        "answer": gold.strip() or answer.text,
        "must_include": [[word] for word in include if word.strip()],
        "must_not_include": [],
        "evidence": [{"file": file, "quote": quote} for file, quote in evidence],
        "answerable": not answer.abstained,
        "history": [list(pair) for pair in history],
    }


def add_case(case: dict[str, Any], cases: Path, sources: Path) -> str:
    """Give a case to `python -m eval add`; return what it said.

    Raises:
        SavedError: it was refused, with its reason.
    """
    asked = ["add", "--cases", str(cases), "--sources", str(sources)]
    try:
        cases.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "eval", *asked],
            cwd=ROOT,
            input=json.dumps(case, ensure_ascii=False).encode("utf-8", "replace"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SavedError(f"The case could not be added ({error}); try again.") from error
    if done.returncode == 0:
        return done.stdout.decode(errors="replace").strip()
    said = done.stderr.decode(errors="replace").strip() or done.stdout.decode(errors="replace")
    if "invalid choice" in said:
        raise SavedError(
            "The evaluation in this folder knows no command 'add'; update Footnote, then try again."
        )
    raise SavedError((said.strip().splitlines() or ["The case was refused."])[-1])
