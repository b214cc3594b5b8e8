"""Tells passages that correct a question from passages that merely lack its answer: a question that
takes something wrong for granted is best met with the sentence that says otherwise. A logistic
model on the reader's own states; `qa/training/corrections.py` makes it for one reader.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

WEIGHTS = Path(__file__).parent / "adapters" / "corrections.json"


@cache
def _weights() -> tuple[np.ndarray, float]:
    found = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(found["weights"], dtype=np.float32), float(found["bias"])


def features(hidden: Tensor, pooled: Tensor, tokens: Tensor, text: Tensor) -> Tensor:
    """Return what the model looks at, (batch, 2304): the means of query and text, and the mean of
    the text's tokens as far as the reader takes each for part of an answer.

    Args:
        hidden: states of all tokens (batch, length, 768).
        pooled: the means of query and text (batch, 1536).
        tokens: start, end and inside logits (batch, length, 3).
        text: 1 for the text's tokens (batch, length).
    """
    weight = (tokens[:, :, 2].sigmoid() * text).unsqueeze(-1)
    marked = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-6)
    return torch.cat([pooled, marked], -1)


def corrects(features: np.ndarray) -> float:
    """Return the probability that a passage corrects its question, from `features` (2304,)."""
    weights, bias = _weights()
    return float(1 / (1 + np.exp(-(features @ weights + bias))))
