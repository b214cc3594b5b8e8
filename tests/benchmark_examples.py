"""Tiny sets of our own in the formats of public benchmarks, and a reader and an engine whose
findings are known beforehand: what the tests of `eval/benchmarks/` share.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eval.engines import Setup
from eval.engines.record import Reply
from index import Index, IndexSettings
from qa.reader import Reading
from sources import Span
from tests.fakes import FakeEmbedding

RIVER = "The river Tarn was dammed in 1931. Forty mills stood on the river before that."
ROBOT = "A robot of the Holm works sorts letters. The robot is called Pim."
APPLE = "The apple of the Kerr orchard is yellow. Each apple weighs 90 grams."
SEOUL = "서울의 돌다리는 1902년에 놓였다. 서울의 다리는 48미터이다."


class SpanReader:
    """Finds the span it was told for a question, surely where the passage holds it, else not.

    A claim is entailed by a source that holds all its words but one in five.
    """

    name = "span-reader"

    def __init__(self, spans: Mapping[str, str]) -> None:
        self.spans = spans

    def read(self, question: str, passages: Sequence[tuple[str, str | None]]) -> list[Reading]:
        readings = []
        for text, _ in passages:
            wanted = self.spans.get(question, "")
            at = text.find(wanted) if wanted else -1
            span = Span(max(at, 0), at + len(wanted) if at >= 0 else 1)
            inside = 1.0 if at >= 0 else 0.0
            readings.append(
                Reading(0.9 if at >= 0 else 0.1, span, ((span.start, span.end),), (1.0,), (inside,))
            )
        return readings

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [
            sum(w in source.lower() for w in claim.lower().rstrip(".").split()) / len(claim.split())
            for claim, source in pairs
        ]


class Tools:
    """An index on the fake embedding, and the reader above; counts what it opened."""

    def __init__(self, home: Path, spans: Mapping[str, str]) -> None:
        self.home = home
        self.spans = spans
        self.opened = 0

    def index(self, folder: Path) -> Index:
        self.opened += 1
        return Index.open(folder, IndexSettings(home=self.home), embedding=FakeEmbedding())

    def reader(self, _: Index) -> Any:
        return SpanReader(self.spans)


class PathEngine:
    """Replies as told, and remembers which documents it was given for each question."""

    def __init__(self, replies: Mapping[str, Reply | Exception]) -> None:
        self.replies = replies
        self.given: dict[str, Sequence[str] | None] = {}

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        paths: Sequence[str] | None = None,
    ) -> Reply:
        self.given[question] = paths
        reply = self.replies[question]
        if isinstance(reply, Exception):
            raise reply
        return reply


def engine_setup(engine: Any, *, folders: list[Path] | None = None) -> Setup:
    """Make a setup that opens `engine` and notes on which folder."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Any]:
        if folders is not None:
            folders.append(folder)
        yield engine

    return Setup("fake", {}, opened)


def write_json(path: Path, value: object) -> Path:
    """Write a JSON file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    """Write a JSON lines file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def squad_file(path: Path, *, two: bool = True) -> Path:
    """Write SQuAD: two articles, three questions, one of them impossible where `two`."""
    dam = {
        "id": "q1",
        "question": "When was the river dammed?",
        "answers": [{"text": "1931", "answer_start": 29}, {"text": "in 1931", "answer_start": 26}],
    }
    name = {
        "id": "q2",
        "question": "What is the robot called?",
        "answers": [{"text": "Pim", "answer_start": 61}],
    }
    owner = {
        "id": "q3",
        "question": "Who owns the robot?",
        "answers": [],
        "is_impossible": True,
        "plausible_answers": [{"text": "Holm", "answer_start": 15}],
    }
    robot = [name, owner] if two else [name]
    data = [
        {"title": "River_Tarn", "paragraphs": [{"context": RIVER, "qas": [dam]}]},
        {"title": "Robots", "paragraphs": [{"context": ROBOT, "qas": robot}]},
        {"title": "Apples", "paragraphs": [{"context": APPLE, "qas": []}]},
    ]  # fmt: skip
    return write_json(path, {"version": "v2.0" if two else "1.1", "data": data})
