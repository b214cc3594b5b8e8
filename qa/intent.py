"""Tells requests that are no questions about the documents by the meaning of the whole text: a
logistic model on the question's embedding, which the search needs anyway. The patterns in
`qa/question.py` see only what they name; this sees paraphrases. `qa/training/intents.py` makes it.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).parent / "adapters" / "intent.json"
SURE = 0.8  # the probability from which a text counts as an instruction to the assistant


@cache
def _weights() -> tuple[np.ndarray, float]:
    found = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(found["weights"], dtype=np.float32), float(found["bias"])


def instructs(vector: np.ndarray) -> float:
    """Return the probability that a text commands the assistant instead of asking the documents.

    Args:
        vector: the text's embedding by EmbeddingGemma with its query prompt, shape (768,).
            Another model's or a shortened one says nothing: then 0.
    """
    weights, bias = _weights()
    if vector.shape != weights.shape:
        return 0.0
    return float(1 / (1 + np.exp(-(vector @ weights + bias))))
