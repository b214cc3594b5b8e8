"""Adds one case to a case file, only if it is sound: its quotes stand in the documents and its gold
answer meets its own demands. Two at once wait for each other; a kill leaves the old file whole.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from eval.cases import Case, load, parse
from eval.cases.check import Finding, check
from eval.corpus import Corpus
from eval.errors import EvaluationError
from eval.runs.files import write_whole

WAIT = 10.0  # seconds for another process that adds a case


@dataclass(frozen=True)
class Added:
    """The case as it was written, and what a person should look at."""

    case: Case
    notes: tuple[Finding, ...]


def add(text: str, file: Path, corpus: Corpus) -> Added:
    """Check one case and append it to a case file, which is made where there is none.

    Args:
        text: a JSON object, the fields of `schema.json`; where it has no `id`, one is made
            of its kind and its question.
        file: the case file.
        corpus: the documents it is about.

    Raises:
        EvaluationError: the case is malformed or unsound, its id is taken, or the file cannot be
            written; nothing is written then.
    """
    fields = _object(text)
    fields.setdefault("id", _id_of(fields))
    line = json.dumps(fields, ensure_ascii=False)
    case = parse(line, "the case given")
    findings = check([case], corpus)
    problems = [f"{f.text}" for f in findings if f.weight == "problem"]
    if problems:
        raise EvaluationError(f"The case {case.id!r} was not added. {' '.join(problems)}")
    try:
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=WAIT):
            held = load(file) if file.exists() and file.stat().st_size else ()
            if any(one.id == case.id for one in held):
                message = f"The id {case.id!r} is taken in {str(file)!r}"
                raise EvaluationError(f"{message}; give the case another id.")
            before = file.read_text(encoding="utf-8-sig") if held else ""
            blank = "" if before.endswith("\n") or not before else "\n"
            write_whole(file, f"{before}{blank}{line}\n")
    except Timeout as error:
        message = f"Another process is adding to {str(file)!r}"
        raise EvaluationError(f"{message}; try again in a moment.") from error
    except OSError as error:
        message = f"The case file {str(file)!r} cannot be written ({error.strerror or error})"
        raise EvaluationError(f"{message}; name another one.") from error
    return Added(case, findings)


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError as error:
        message = f"The case given is not JSON ({error})"
        raise EvaluationError(f"{message}; write one JSON object.") from error
    if not isinstance(fields, dict):
        raise EvaluationError(f"The case given is {fields!r}; write one JSON object instead.")
    return fields


def _id_of(fields: dict[str, Any]) -> str:
    """Return an id that the same question gets again, so that it is not added twice."""
    told = json.dumps([fields.get("question"), fields.get("history")], ensure_ascii=False)
    return f"{fields.get('kind', 'case')}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
