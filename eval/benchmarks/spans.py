"""SQuAD 1.1 and 2.0, KorQuAD 1.0 and XQuAD: one JSON format of articles, paragraphs, questions and
answer spans (Rajpurkar et al. 2016 and 2018; Lim et al. 2019; Artetxe et al. 2020).
"""

import re
from pathlib import Path
from typing import Any

from eval.benchmarks import files
from eval.benchmarks.sets import Passage, Question, Set
from eval.benchmarks.unseen import unseen

LANGUAGE_IN_NAME = re.compile(r"\.([a-z]{2})(?:\.json|-)")


def squad(folder: Path) -> Set:
    """Read SQuAD 1.1 or 2.0: `dev-v1.1.json`, `dev-v2.0.json` or a file named like them."""
    return _read("squad", folder, "*dev-v2*.json", "*dev-v1*.json", "*.json")


def korquad(folder: Path) -> Set:
    """Read KorQuAD 1.0: `KorQuAD_v1.0_dev.json`."""
    return _read("korquad", folder, "KorQuAD_v1*dev*.json", "*.json", language="ko")


def xquad(folder: Path) -> Set:
    """Read every `xquad.xx.json` there is; the two letters are the language and the part.

    Its paragraphs are SQuAD's, translated, under the same titles.
    """
    return _read("xquad", folder, "xquad.??.json")


def _read(name: str, folder: Path, *patterns: str, language: str = "en") -> Set:
    paths = files.found(folder, *patterns, what=f"{name} file")
    source = "korquad" if name == "korquad" else "squad2"  # as the training calls them
    if name != "xquad":
        paths = paths[:1]
    passages: list[Passage] = []
    questions: list[Question] = []
    notes: list[str] = []
    for path in paths:
        told = LANGUAGE_IN_NAME.search(path.name) if name == "xquad" else None
        found = _File(path, source, told[1] if told else language, len(paths) > 1)
        passages += found.passages
        questions += found.questions
        notes += found.notes
    if name == "squad":
        notes.append(
            "Questions without an answer in their paragraph may have one elsewhere in the set, so"
            " rejection over the whole set is a lower bound."
        )
    return Set(
        name=name,
        sha256=files.digest(*paths),
        tasks=("reading", "ranking", "answering"),
        passages=tuple(passages),
        questions=tuple(questions),
        notes=tuple(notes),
    )


class _File:
    """One file being read."""

    def __init__(self, path: Path, source: str, language: str, several: bool) -> None:
        held = files.whole(path)
        articles = held.get("data") if isinstance(held, dict) else None
        self.path, self.language, self.prefix = path, language, f"{language}-" if several else ""
        self.passages: list[Passage] = []
        self.questions: list[Question] = []
        if not isinstance(articles, list):
            raise files.unreadable(path, "it has no list 'data'")
        titles = [str(a.get("title", "")) for a in articles if isinstance(a, dict)]
        self.kept = unseen(source, titles, "articles")
        self.notes = self.kept.note
        for _ in files.each(path, articles, self._article):
            pass

    def _article(self, article: dict[str, Any]) -> None:
        title = str(article.get("title", ""))
        for paragraph in article["paragraphs"]:
            id = f"{self.prefix}{len(self.passages)}"
            shown = title.replace("_", " ")
            self.passages.append(Passage(id, paragraph["context"], shown))
            if title in self.kept:
                self.questions += [self._question(row, id) for row in paragraph["qas"]]

    def _question(self, row: dict[str, Any], passage: str) -> Question:
        impossible = bool(row.get("is_impossible", False))
        golds = () if impossible else tuple(dict.fromkeys(a["text"] for a in row["answers"]))
        part = "unanswerable" if impossible else "answerable"
        return Question(
            id=f"{self.prefix}{row['id']}",
            text=row["question"].strip(),
            lang=self.language,
            golds=(golds,) if golds else (),
            relevant={} if impossible else {passage: 1.0},
            given=passage,
            part=self.prefix.strip("-") or part,
        )
