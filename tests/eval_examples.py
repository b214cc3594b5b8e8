"""Two small documents, cases about them, and assistants whose answers are known beforehand: what
the tests of `eval/` share.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eval.cases import Case, Evidence, Kind, Turn
from eval.corpus import Corpus
from eval.engines import Engine, Setup
from eval.engines.record import Cited, Reply

MILL = (
    "The Tidewater Mill\n\n"
    "The mill on Copper Lane opened in 1871 and ground barley until 1949.\n"
    "Its wheel is eleven metres high. Ada Quill, the last miller, kept a diary of 312 pages.\n"
)
BRIDGE = (
    "돌다리 이야기\n\n"
    "마을의 돌다리는 1902년 5월에 놓였다. 다리의 길이는 48미터이다.\n"
    "석공 열두 명이 두 해 동안 일했다.\n"
)
TEXTS = {"bridge.txt": BRIDGE, "mill.txt": MILL}
CORPUS = Corpus.of(TEXTS)


def cite(file: str, quote: str) -> Cited:
    """Cite a quote where it really stands."""
    start = TEXTS[file].index(quote)
    return Cited(file, start, start + len(quote), quote)


def case(
    id: str = "mill-opened",
    *,
    question: str = "When did the mill open?",
    lang: str = "en",
    kind: Kind = "single",
    answer: str = "It opened in 1871.",
    must_include: tuple[tuple[str, ...], ...] = (("1871",),),
    must_not_include: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (Evidence("mill.txt", "opened in 1871"),),
    answerable: bool = True,
    history: tuple[Turn, ...] = (),
) -> Case:
    """Make a case about the mill, with what a test names changed."""
    return Case(
        id=id,
        question=question,
        lang=lang,
        kind=kind,
        answer=answer,
        must_include=must_include,
        must_not_include=must_not_include,
        evidence=evidence,
        answerable=answerable,
        history=history,
    )


BRIDGE_LENGTH = case(
    "bridge-length",
    question="돌다리는 얼마나 길어요?",
    lang="ko",
    kind="numeric",
    answer="48미터입니다.",
    must_include=(("48미터", "48 미터", "48m"),),
    evidence=(Evidence("bridge.txt", "길이는 48미터이다"),),
)
MILL_OWNER = case(
    "mill-owner",
    question="Who owns the mill today?",
    kind="unanswerable",
    answer="The documents do not say who owns it.",
    must_include=(("not say", "no mention"),),
    must_not_include=("Ada Quill owns",),
    evidence=(),
    answerable=False,
)
PAGES = case(
    "diary-pages",
    question="And how many pages does it have?",
    kind="follow_up",
    answer="312 pages.",
    must_include=(("312",),),
    evidence=(Evidence("mill.txt", "a diary of 312 pages"),),
    history=(Turn("What did the last miller keep?", "A diary."),),
)
CASES = (case(), BRIDGE_LENGTH, MILL_OWNER, PAGES)

REPLIES = {
    "When did the mill open?": Reply(
        "The mill opened in 1871.", False, (cite("mill.txt", "The mill on Copper Lane opened"),)
    ),
    "돌다리는 얼마나 길어요?": Reply(
        "다리의 길이는 48미터이다.", False, (cite("bridge.txt", "다리의 길이는 48미터이다."),)
    ),
    "Who owns the mill today?": Reply("The documents do not say.", True, reason="no evidence"),
    "And how many pages does it have?": Reply(
        "It has 312 pages.", False, (cite("mill.txt", "kept a diary of 312 pages"),)
    ),
}


class FakeEngine:
    """Replies as it was told, and remembers what it was asked."""

    def __init__(self, replies: Mapping[str, Reply | Exception]) -> None:
        self.replies = replies
        self.asked: list[str] = []
        self.histories: list[Sequence[tuple[str, str]]] = []

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
        self.asked.append(question)
        self.histories.append(history)
        reply = self.replies[question]
        if isinstance(reply, Exception):
            raise reply
        return reply


def fake_setup(engine: Engine, *, settings: Mapping[str, str] | None = None) -> Setup:
    """Make a setup that opens `engine`."""

    @contextmanager
    def opened(_: Path) -> Iterator[Engine]:
        yield engine

    return Setup("fake", dict(settings or {}), opened)


def as_json(one: Case) -> dict[str, Any]:
    """Return the line of a case file that a case is read from, as an object."""
    return {
        "id": one.id,
        "question": one.question,
        "lang": one.lang,
        "kind": one.kind,
        "answer": one.answer,
        "must_include": [list(group) for group in one.must_include],
        "must_not_include": list(one.must_not_include),
        "evidence": [{"file": e.file, "quote": e.quote} for e in one.evidence],
        "answerable": one.answerable,
        "history": [[turn.user, turn.assistant] for turn in one.history],
    }


def write_cases(path: Path, cases: Sequence[Case]) -> Path:
    """Write a case file."""
    lines = (json.dumps(as_json(one), ensure_ascii=False) + "\n" for one in cases)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_documents(folder: Path) -> Path:
    """Write the two documents into a new folder."""
    folder.mkdir()
    for file, text in TEXTS.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
