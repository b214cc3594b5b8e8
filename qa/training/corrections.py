"""Fits the logistic model of `qa/corrections.py` on the project's own questions beside this
file: those with a wrong premise on the passages that correct it, against other passages, questions
that nothing answers, and questions that are answered. To be made again for every new reader.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qa.corrections import WEIGHTS
from qa.reader import Reader
from qa.training import clusters
from qa.training.examples import HELD_OUT, OWN, WRITINGS, Example, held_out, questions

# The share of the questions of a kind that is used, OTHERS of the kinds that are not here.
SHARES = {"false_premise": 1.0, "unanswerable": 0.4, "yesno": 0.5}
OTHERS = 0.05
STRENGTH = 0.001  # inverse of the L2 penalty


@dataclass(frozen=True)
class Row:
    """A question on a passage, its kind ("elsewhere" for one beside its answer), and whether the
    reader was trained on its document.
    """

    example: Example
    kind: str
    seen: bool


def rows() -> list[Row]:
    """Return the questions on their passages."""
    dice = random.Random(3)
    asked: dict[tuple[str, str], list[Row]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for example, kind, seen in (*_of_documents(), *_of_clusters()):
        here = example.spans or kind == "unanswerable"
        key = (example.group, example.query)
        kinds[key] = kind
        asked.setdefault(key, []).append(Row(example, kind if here else "elsewhere", seen))
    used = [key for key in asked if dice.random() < SHARES.get(kinds[key], OTHERS)]
    return [row for key in used for row in asked[key]]


def _of_documents() -> Iterator[tuple[Example, str, bool]]:
    for files in WRITINGS:
        paths = [OWN / f"writer-{name}.jsonl" for name in files]
        lines = [line for p in paths for line in p.read_text(encoding="utf-8").splitlines()]
        kinds: dict[tuple[str, str], str] = {}
        asked: list[Example] = []
        for document in map(json.loads, lines):
            kinds |= {(document["id"], item["q"]): item["kind"] for item in document["qa"]}
            asked += questions(document, "own")
        unseen = {e.group for e in held_out(asked, HELD_OUT)[1]}
        for example in asked:
            yield example, kinds[example.group, example.query], example.group not in unseen


def _of_clusters() -> Iterator[tuple[Example, str, bool]]:
    for cluster in clusters.every():
        passages = clusters.cut(cluster)
        for item in cluster["qa"]:
            for example in clusters.asks(cluster["id"], item, passages):
                yield example, item["kind"], not clusters.is_held_out(cluster)


def fit(reader: Reader) -> dict[str, float]:
    """Fit on what the reader was trained on, measure on the rest, fit on all, write; return the
    figures: areas under the ROC curve against every other kind.
    """
    found = rows()
    asked = [(r.example.query, r.example.text, r.example.title) for r in found]
    vectors = np.stack(reader.look(asked))
    kinds, seen = np.array([r.kind for r in found]), np.array([r.seen for r in found])
    labels = kinds == "false_premise"
    scores = _model().fit(vectors[seen], labels[seen]).decision_function(vectors[~seen])
    figures: dict[str, float] = {"rows": len(found), "corrected": int(labels.sum())}
    for kind in sorted({*kinds} - {"false_premise"}):
        part = (kinds[~seen] == kind) | labels[~seen]
        figures[f"against {kind}"] = round(
            float(roc_auc_score(labels[~seen][part], scores[part])), 3
        )
    scale, logistic = _model().fit(vectors, labels).named_steps.values()
    weights = logistic.coef_[0] / scale.scale_
    found_at = {
        "figures": figures,
        "bias": round(float(logistic.intercept_[0] - scale.mean_ @ weights), 5),
        "weights": [round(float(w), 5) for w in weights],
    }
    WEIGHTS.write_text(json.dumps(found_at) + "\n", encoding="utf-8")
    return figures


def _model() -> Any:
    return make_pipeline(
        StandardScaler(),
        LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced"),
    )
