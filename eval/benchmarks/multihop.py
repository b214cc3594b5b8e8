"""HotpotQA (Yang et al. 2018) and MultiHop-RAG (Tang and Yang 2024): questions that need several
articles together.
"""

from pathlib import Path
from typing import Any

from eval.benchmarks import files
from eval.benchmarks.sets import Passage, Question, Set


def hotpotqa(folder: Path) -> Set:
    """Read HotpotQA's distractor format; the corpus is every article of every question's context."""
    patterns = ("hotpot_dev_distractor*.json", "*hotpot*.json")
    named = files.found(folder, *patterns, what="HotpotQA file")
    path = next((p for p in named if "corpus" not in p.name), named[0])
    passages: dict[str, Passage] = {}

    def question(row: dict[str, Any]) -> Question:
        for title, sentences in row["context"]:
            text = "".join(s if s[:1].isspace() else f" {s}" for s in sentences).strip()
            passages.setdefault(title, Passage(title, text, title))
        return Question(
            id=str(row["_id"]),
            text=row["question"].strip(),
            lang="en",
            golds=((row["answer"],),),
            relevant={title: 1.0 for title, _ in row["supporting_facts"]},
            part=row.get("type", ""),
        )

    questions = tuple(files.each(path, files.lines(path), question))
    note = f"Articles come from the contexts of this file's questions: {len(passages)} of them."
    return Set(
        "hotpotqa", files.digest(path), ("ranking", "answering"), tuple(passages.values()),
        questions, notes=(note,),
    )  # fmt: skip


def multihop_rag(folder: Path) -> Set:
    """Read MultiHop-RAG: `corpus.json` and `MultiHopRAG.json`; a null query calls for abstaining."""
    corpus = files.found(folder, "corpus.json", "dataset/corpus.json", what="MultiHop-RAG corpus")[
        0
    ]
    asked = files.found(folder, "MultiHopRAG.json", "dataset/MultiHopRAG.json",
                        what="MultiHop-RAG questions")[0]  # fmt: skip

    def passage(row: dict[str, Any]) -> Passage:
        return Passage(row["url"], row["body"], row["title"])

    def question(row: dict[str, Any]) -> Question:
        evidence = row["evidence_list"]
        null = row["question_type"] == "null_query"
        return Question(
            id=row["query"],
            text=row["query"].strip(),
            lang="en",
            golds=() if null else ((row["answer"],),),
            relevant={one["url"]: 1.0 for one in evidence},
            facts=tuple(one["fact"] for one in evidence),
            part=row["question_type"],
        )

    return Set(
        name="multihop-rag",
        sha256=files.digest(corpus, asked),
        tasks=("ranking", "answering"),
        passages=tuple(files.each(corpus, files.lines(corpus), passage)),
        questions=tuple(files.each(asked, files.lines(asked), question)),
    )
