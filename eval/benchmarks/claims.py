"""Sets for the grounding check alone: WiCE (Kamoi et al. 2023), RAGTruth (Niu et al. 2024) and
KLUE-NLI (Park et al. 2021).
"""

import json
from pathlib import Path
from typing import Any

from eval.benchmarks import files
from eval.benchmarks.sets import Claim, Set
from eval.benchmarks.unseen import unseen
from index.kiwi import is_korean
from index.sentences import split


def wice(folder: Path) -> Set:
    """Read WiCE's claims against whole cited pages, else against the oracle chunks; "partially
    supported" counts as not supported, as in the paper's binary task.
    """
    path = files.found(folder, "claim_test.jsonl", "claim_dev.jsonl", "claim*.jsonl",
                       "*claim*.jsonl", what="WiCE file")[0]  # fmt: skip
    rows = files.lines(path)
    kept = unseen("wice", [_id(row) for row in rows], "claims")

    def claim(row: dict[str, Any]) -> Claim:
        supported = row["label"] == "supported"
        return Claim(str(row["meta"]["id"]), row["claim"], tuple(row["evidence"]), supported,
                     part=row["label"].replace("_", " "))  # fmt: skip

    found = tuple(one for one in files.each(path, rows, claim) if one.id in kept)
    return Set("wice", files.digest(path), ("grounding",), claims=found, notes=kept.note)


def _id(row: dict[str, Any]) -> str:
    meta = row.get("meta")
    return str(meta.get("id")) if isinstance(meta, dict) else ""


def klue_nli(folder: Path) -> Set:
    """Read KLUE-NLI; only entailment counts as supported."""
    path = files.found(folder, "klue-nli*dev.json", "*nli*.json", what="KLUE-NLI file")[0]
    rows = files.lines(path)
    kept = unseen("klue", [str(row.get("guid")) for row in rows], "pairs")

    def claim(row: dict[str, Any]) -> Claim:
        label = row["gold_label"]
        return Claim(row["guid"], row["hypothesis"], (row["premise"],), label == "entailment", "ko",
                     label)  # fmt: skip

    found = tuple(one for one in files.each(path, rows, claim) if one.id in kept)
    return Set("klue-nli", files.digest(path), ("grounding",), claims=found, notes=kept.note)


def ragtruth(folder: Path) -> Set:
    """Read RAGTruth: `response.jsonl` and `source_info.jsonl`; a response with any hallucinated
    span is not supported, and only the test split of good quality is used, as in the paper.
    """
    responses = files.found(folder, "response.jsonl", "**/response.jsonl",
                            what="RAGTruth responses")[0]  # fmt: skip
    sources = files.found(folder, "source_info.jsonl", "**/source_info.jsonl",
                          what="RAGTruth sources")[0]  # fmt: skip

    def source(row: dict[str, Any]) -> tuple[str, tuple[tuple[str, ...], str]]:
        return row["source_id"], (sentences(plain(row["source_info"])), row["task_type"])

    held = dict(files.each(sources, files.lines(sources), source))

    def claim(row: dict[str, Any]) -> Claim:
        text, task = held[row["source_id"]]
        return Claim(str(row["id"]), row["response"], text, not row["labels"], part=task)

    rows = [r for r in files.lines(responses) if r.get("split", "test") == "test"]
    rows = [r for r in rows if r.get("quality", "good") == "good"]
    found = tuple(files.each(responses, rows, claim))
    return Set("ragtruth", files.digest(responses, sources), ("grounding",), claims=found)


def plain(source: Any) -> str:
    """Return RAGTruth's source as text: the passages of a question, or a record line by line."""
    if isinstance(source, dict) and "passages" in source:
        return str(source["passages"])
    if isinstance(source, dict):
        shown = (v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
                 for v in source.values())  # fmt: skip
        return "\n".join(f"{key}: {value}." for key, value in zip(source, shown, strict=True))
    return str(source)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, line by line."""
    found: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        language = "ko" if is_korean(line) else "en"
        found += [line[s.start : s.end] for s in split(line, 0, len(line), language)]
    return tuple(found)
