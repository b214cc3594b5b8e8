"""RGB (Chen et al. 2024, "Benchmarking Large Language Models in Retrieval-Augmented Generation"):
answering from passages that are handed over, with noise, without the answer, with a wrong one.
"""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from eval.benchmarks import files
from eval.benchmarks.sets import Passage, Question, Set

PASSAGES = 5  # for a question, as in the paper
NOISE = (0.2, 0.4, 0.6, 0.8)  # shares of them that do not answer


def rgb(folder: Path) -> Set:
    """Read `en.json` or `en_refine.json`, `en_int.json`, `en_fact.json` and the same in `zh`."""
    paths: list[Path] = []
    for pattern in ("??_refine.json", "??.json"):
        named = [p for p in _some(folder, pattern) if p.name[:2] not in {q.name[:2] for q in paths}]
        paths += named
    paths += [*_some(folder, "??_int.json"), *_some(folder, "??_fact.json")]
    if not paths:
        files.found(folder, "??.json", what="RGB file")
    reading = _Reading()
    for path in paths:
        for _ in files.each(path, files.lines(path), partial(reading.row, path)):
            pass
    return Set(
        name="rgb",
        sha256=files.digest(*paths),
        tasks=("answering",),
        passages=tuple(reading.passages.values()),
        questions=tuple(reading.questions),
        letters=True,
        notes=(
            "Detected: the answer abstains or shows a disagreement. The authors look for the words"
            " 'factual errors', which their prompt asks for.",
        ),
    )


def _some(folder: Path, pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob(pattern))) + tuple(sorted(folder.glob(f"data/{pattern}")))


class _Reading:
    """Collects questions, and each passage once."""

    def __init__(self) -> None:
        self.passages: dict[str, Passage] = {}
        self.questions: list[Question] = []

    def row(self, path: Path, row: dict[str, Any]) -> None:
        if path.stem.endswith("_fact"):
            docs = row["positive_wrong"][:PASSAGES]
            self._add(path, row, "counterfactual", docs, fake=row["fakeanswer"])
        elif path.stem.endswith("_int"):
            docs = in_turn(row["positive"])[: max(PASSAGES, len(row["positive"]))]
            docs += row["negative"][: PASSAGES - len(docs)] if len(docs) < PASSAGES else []
            self._add(path, row, "integration", docs)
        else:
            for share in NOISE:
                docs = mixed(row["positive"], row["negative"], share)
                self._add(path, row, f"noise {share}", docs)
            if row["negative"]:
                self._add(path, row, "rejection", row["negative"][:PASSAGES], answerable=False)

    def _add(
        self,
        path: Path,
        row: dict[str, Any],
        part: str,
        docs: Sequence[str],
        *,
        fake: str | None = None,
        answerable: bool = True,
    ) -> None:
        ids = []
        for text in docs:
            known = self.passages.setdefault(text, Passage(str(len(self.passages)), text))
            ids.append(known.id)
        language = path.name[:2]
        self.questions.append(
            Question(
                id=f"{path.stem}-{row['id']}-{part}",
                text=str(row["query"]),
                lang=language,
                golds=groups(row["answer"]) if answerable else (),
                among=tuple(ids),
                fake=fake,
                part=part if language == "en" else f"{language} {part}",
            )
        )


def groups(answer: Any) -> tuple[tuple[str, ...], ...]:
    """Return the answer of a row as groups of alternatives: a text, or a list of texts and lists."""
    parts = answer if isinstance(answer, list) else [answer]
    return tuple(tuple(part) if isinstance(part, list) else (str(part),) for part in parts)


def mixed(positive: Sequence[str], negative: Sequence[str], share: float) -> list[str]:
    """Return five passages of which `share` do not answer, or what there is of each."""
    bad = min(math.ceil(PASSAGES * share), len(negative))
    good = min(PASSAGES - bad, len(positive))
    return [*positive[:good], *negative[: PASSAGES - good]]


def in_turn(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the first passage of every part, then the second ones."""
    longest = max(map(len, parts), default=0)
    return [part[at] for at in range(longest) for part in parts if at < len(part)]
