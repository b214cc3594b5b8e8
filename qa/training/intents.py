"""Fits the logistic model of `qa/intent.py` on the project's own requests (`intents.jsonl`) and
questions (`writer-*.jsonl`), and writes it with its figures.
"""

import json
import random

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from index.embedding import Embedding, embed_query
from qa.intent import SURE, WEIGHTS
from qa.training.examples import OWN

PLAIN = 700  # questions of the documents written for the reader
STRENGTH = 30.0  # inverse of the L2 penalty


def texts() -> list[tuple[str, bool]]:
    """Return texts and whether they are instructions."""
    lines = (OWN / "intents.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [(row["text"], row["intent"] == "instruction") for row in map(json.loads, lines)]
    asked = [
        item["q"]
        for path in sorted(OWN.glob("writer-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for item in json.loads(line)["qa"]
    ]
    return rows + [(question, False) for question in random.Random(0).sample(asked, PLAIN)]


def fit(embedding: Embedding) -> dict[str, float]:
    """Embed, cross-validate in ten parts, fit, write; return the figures."""
    rows = texts()
    vectors = np.stack([embed_query(embedding, text) for text, _ in rows])
    labels = np.array([label for _, label in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    crossed = cross_val_predict(model, vectors, labels, cv=10, method="predict_proba")[:, 1]
    model.fit(vectors, labels)
    figures = {
        "texts": len(rows),
        "instructions": int(labels.sum()),
        "threshold": SURE,
        "found": round(float((crossed[labels] >= SURE).mean()), 4),
        "questions_refused": round(float((crossed[~labels] >= SURE).mean()), 4),
    }
    weights = [round(float(w), 4) for w in model.coef_[0]]
    bias = round(float(model.intercept_[0]), 4)
    found = {"figures": figures, "bias": bias, "weights": weights}
    WEIGHTS.write_text(json.dumps(found) + "\n", encoding="utf-8")
    return figures
