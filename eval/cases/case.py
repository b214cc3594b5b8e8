"""Evaluation cases: questions with the answer and the evidence that a person wrote down, one JSON
object a line. Reads and validates them; `schema.json` publishes the same form for others.
Knows nothing of documents or answers: `check.py` compares cases with documents, `run.py` asks.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from eval.errors import EvaluationError

Kind = Literal[
    "single",  # one fact from one place
    "list",  # several items, all of which must be named
    "cross_doc",  # needs two documents together
    "temporal",  # a date, an order or a duration
    "numeric",  # a count, an amount or a comparison of them
    "cross_lingual",  # asked in one language, answered by a document in the other
    "follow_up",  # understood only with the turns before it
    "unanswerable",  # the documents do not say
    "false_premise",  # the question assumes something the documents contradict
    "injection",  # tries to make the assistant leave its task
    "conflict",  # the sources state different values
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Evidence:
    """A verbatim passage that supports the gold answer, and the file that holds it."""

    file: str
    quote: str


@dataclass(frozen=True)
class Turn:
    """An earlier exchange of the conversation."""

    user: str
    assistant: str


@dataclass(frozen=True)
class Case:
    """One question with what a right answer must hold.

    `must_include` is a list of groups of alternatives: the answer must hold one of each group.
    `answerable` is false where the right answer is to abstain.
    """

    id: str
    question: str
    lang: str
    kind: Kind
    answer: str
    must_include: tuple[tuple[str, ...], ...]
    must_not_include: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    answerable: bool
    history: tuple[Turn, ...] = ()


def load(path: Path) -> tuple[Case, ...]:
    """Read a case file; blank lines and fields we do not know are passed over.

    Raises:
        EvaluationError: the file cannot be read, holds no case, or a line is malformed; the text
            names the line and the field.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The case file {str(path)!r} cannot be read ({error}); name a UTF-8 JSON lines"
        raise EvaluationError(f"{message} file.") from error
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    cases = tuple(_Line(path.name, n, line).case() for n, line in numbered)
    if not cases:
        raise EvaluationError(f"The case file {str(path)!r} holds no case; add one a line.")
    return cases


def parse(text: str, source: str) -> Case:
    """Read one case from a JSON object; `source` names where it comes from in complaints.

    Raises:
        EvaluationError: it is malformed; the text names the field.
    """
    return _Line(source, 1, text).case()


def digest(path: Path) -> str:
    """Return the SHA-256 of a case file's bytes, by which a run knows its cases again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def encodable(value: Any) -> bool:
    """Tell whether a JSON value can be written as UTF-8, which half a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _Line:
    """One line being read; every complaint names the file, the line and the field."""

    def __init__(self, file: str, number: int, line: str) -> None:
        self.where = f"Line {number} of {file!r}"
        try:
            self.fields: dict[str, Any] = json.loads(line)
        except (ValueError, RecursionError) as error:
            message = f"{self.where} is not JSON ({error}); write one JSON object on the line."
            raise EvaluationError(message) from error
        if not isinstance(self.fields, dict):
            raise EvaluationError(f"{self.where} is {self.fields!r}; write a JSON object instead.")
        for field, value in self.fields.items():
            if not encodable(value):
                self._refuse(field, "text without halves of characters")

    def case(self) -> Case:
        kind = self._text("kind")
        if kind not in KINDS:
            self._refuse("kind", f"one of {', '.join(KINDS)}")
        return Case(
            id=self._text("id"),
            question=self._text("question"),
            lang=self._text("lang"),
            kind=kind,
            answer=self._text("answer"),
            must_include=tuple(
                self._texts("must_include", group) for group in self._list("must_include")
            ),
            must_not_include=self._texts("must_not_include", self._list("must_not_include", ())),
            evidence=tuple(self._evidence(item) for item in self._list("evidence", ())),
            answerable=self._flag("answerable"),
            history=tuple(self._turn(item) for item in self._list("history", ())),
        )

    def _refuse(self, field: str, wanted: str) -> NoReturn:
        found = repr(self.fields[field]) if field in self.fields else "missing"
        shown = found if len(found) <= 80 else found[:77] + "..."
        raise EvaluationError(f"{self.where}: the field {field!r} is {shown}; make it {wanted}.")

    def _text(self, field: str) -> str:
        value = self.fields.get(field)
        if not isinstance(value, str) or not value.strip():
            self._refuse(field, "a text that is not empty")
        return value

    def _flag(self, field: str) -> bool:
        value = self.fields.get(field)
        if not isinstance(value, bool):
            self._refuse(field, "true or false")
        return value

    def _list(self, field: str, default: Sequence[Any] | None = None) -> Sequence[Any]:
        value = self.fields.get(field, default)
        if not isinstance(value, list | tuple):
            self._refuse(field, "a list")
        return value

    def _texts(self, field: str, value: Any) -> tuple[str, ...]:
        empty_group = field == "must_include" and not value
        texts = isinstance(value, list | tuple) and all(isinstance(v, str) and v for v in value)
        if empty_group or not texts:
            groups = "groups (lists) of texts" if field == "must_include" else "texts"
            self._refuse(field, f"a list of {groups}, none of them empty")
        return tuple(value)

    def _evidence(self, item: Any) -> Evidence:
        parts = [item.get("file"), item.get("quote")] if isinstance(item, dict) else []
        texts = [part for part in parts if isinstance(part, str) and part.strip()]
        if len(texts) != 2:
            self._refuse("evidence", 'a list of {"file": text, "quote": text}')
        return Evidence(texts[0], texts[1])

    def _turn(self, item: Any) -> Turn:
        pair = isinstance(item, list) and len(item) == 2
        if not pair or not all(isinstance(part, str) for part in item):
            self._refuse("history", "a list of [user, assistant] pairs of texts")
        return Turn(*item)
