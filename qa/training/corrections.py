"""Fits the logistic model of `qa/corrections.py` on the project's own questions (`writer-*.jsonl`):
those with a wrong premise on the passages that correct it, against other passages, questions that
nothing answers, and questions that are answered. To be made again for every new reader.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qa.corrections import WEIGHTS
from qa.reader import Reader
from qa.training.examples import HELD_OUT, OWN, WRITINGS, Example, held_out, questions

KEPT = ("false_premise", "unanswerable", "yesno")  # kinds of which every question is used
OTHERS = 0.3  # the share of the other answered questions
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
    found = []
    for files in WRITINGS:
        paths = [OWN / f"writer-{name}.jsonl" for name in files]
        lines = [line for p in paths for line in p.read_text(encoding="utf-8").splitlines()]
        kinds: dict[tuple[str, str], str] = {}
        asked: list[Example] = []
        for document in map(json.loads, lines):
            kinds |= {(document["id"], item["q"]): item["kind"] for item in document["qa"]}
            asked += questions(document, "own")
        unseen = {e.group for e in held_out(asked, HELD_OUT)[1]}
        kept = {key for key, kind in kinds.items() if kind in KEPT or dice.random() < OTHERS}
        for example in asked:
            kind = kinds[example.group, example.query]
            if (example.group, example.query) in kept:
                here = example.spans or kind == "unanswerable"
                found.append(
                    Row(example, kind if here else "elsewhere", example.group not in unseen)
                )
    return found


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
