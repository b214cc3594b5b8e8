"""Retrieval sets: BEIR's format (Thakur et al. 2021), and SciFact as its authors' tables (Wadden et
al. 2020), which is the same task: find the abstracts a claim cites.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from eval.benchmarks import files
from eval.benchmarks.sets import Passage, Question, Set
from eval.errors import EvaluationError

SENTENCE = re.compile(r"""'((?:[^'\\]|\\.|'(?=\w))*)'|"((?:[^"\\]|\\.)*)\"""")


def beir(folder: Path) -> Set:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` (or the only file of `qrels/`)."""
    corpus = files.found(folder, "corpus.jsonl", what="BEIR corpus")[0]
    queries = files.found(folder, "queries.jsonl", what="BEIR queries")[0]
    qrels = files.found(folder, "qrels/test.tsv", "qrels/*.tsv", what="BEIR qrels")[0]
    relevant: dict[str, dict[str, float]] = defaultdict(dict)

    def judgement(row: dict[str, str]) -> None:
        relevant[row["query-id"]][row["corpus-id"]] = float(row["score"])

    for _ in files.each(qrels, files.rows(qrels, "\t"), judgement):
        pass

    def passage(row: dict[str, Any]) -> Passage:
        return Passage(str(row["_id"]), row["text"], row.get("title") or "")

    def question(row: dict[str, Any]) -> Question:
        id = str(row["_id"])
        return Question(id, row["text"], "", relevant=relevant.get(id, {}))

    asked = files.each(queries, files.lines(queries), question)
    return _ranking(
        "beir",
        (corpus, queries, qrels),
        tuple(files.each(corpus, files.lines(corpus), passage)),
        tuple(one for one in asked if any(one.relevant.values())),
    )


def scifact(folder: Path) -> Set:
    """Read `corpus_train.csv` and `claims_validation.csv`; what a claim cites is relevant, as in
    BEIR's SciFact.
    """
    corpus = files.found(folder, "corpus*.csv", what="SciFact corpus")[0]
    claims = files.found(folder, "claims_validation.csv", "claims_dev.csv", what="SciFact claims")[
        0
    ]
    asked: dict[str, Question] = {}

    def passage(row: dict[str, str]) -> Passage:
        return Passage(row["doc_id"], abstract(row["abstract"]), row["title"])

    def claim(row: dict[str, str]) -> None:
        cited = re.findall(r"\d+", row["cited_doc_ids"])
        asked.setdefault(
            row["id"], Question(row["id"], row["claim"], "en", relevant=dict.fromkeys(cited, 1.0))
        )

    for _ in files.each(claims, files.rows(claims), claim):
        pass
    passages = tuple(files.each(corpus, files.rows(corpus), passage))
    return _ranking("scifact", (corpus, claims), passages, tuple(asked.values()))


def abstract(cell: str) -> str:
    r"""Return the sentences of an abstract, which the tables hold as a printed list of texts.

    >>> abstract("['One is here.'\n 'Two is there.']")
    'One is here. Two is there.'
    """
    parts = [one or two for one, two in SENTENCE.findall(cell)]
    return " ".join(part.strip() for part in parts if part.strip()) or cell


def _ranking(
    name: str, paths: tuple[Path, ...], passages: tuple[Passage, ...], asked: tuple[Question, ...]
) -> Set:
    if not asked:
        message = f"No query of {str(paths[1])!r} has a relevant passage"
        raise EvaluationError(f"{message}; see that queries and judgements belong together.")
    return Set(name, files.digest(*paths), ("ranking",), passages, asked)
