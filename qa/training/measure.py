"""Measures a reader on held-out examples, and fits the calibration that turns its logits into
probabilities (Platt 1999).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from qa.reader import best_span
from qa.reader_model import ReaderModel, batch, encode
from qa.training.examples import Example


@dataclass(frozen=True)
class Seen:
    """What the model gave for one example: its logit, and its best span for a question."""

    example: Example
    logit: float
    span: str


@torch.inference_mode()
def predict(model: ReaderModel, tokenizer: Any, examples: Sequence[Example]) -> list[Seen]:
    """Run the model over examples of any kind."""
    model.eval()
    found = []
    ordered = sorted(examples, key=lambda e: (e.kind, len(e.text)))
    for at in range(0, len(ordered), 8):
        for kind in ("question", "claim"):
            rows = [e for e in ordered[at : at + 8] if e.kind == kind]
            if not rows:
                continue
            coded = [encode(tokenizer, e.query, e.text, kind=kind, title=e.title) for e in rows]
            tokens, answered, entailed = model(*batch(coded, tokenizer.pad_token_id))
            logits = answered if kind == "question" else entailed
            for k, (example, code) in enumerate(zip(rows, coded, strict=True)):
                span = best_span(code, tokens[k])
                found.append(Seen(example, float(logits[k]), example.text[span.start : span.end]))
    model.train()
    return found


def figures(seen: Sequence[Seen]) -> dict[str, float]:
    """Return count, area under the ROC curve, accuracy at 0.5 and mean token overlap of spans."""
    labels = [s.example.label for s in seen]
    result = {
        "n": float(len(seen)),
        "accuracy": _mean([(s.logit > 0) == s.example.label for s in seen]),
    }
    if len(set(labels)) == 2:
        result["auc"] = float(roc_auc_score(labels, [s.logit for s in seen]))
    spans = [s for s in seen if s.example.spans]
    if spans:
        result["span_overlap"] = _mean([_overlap(s) for s in spans])
    return {name: round(value, 4) for name, value in result.items()}


def _mean(values: Sequence[float | bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _overlap(seen: Seen) -> float:
    """Character F1 of the predicted span with the nearest gold span."""
    best = 0.0
    for gold in seen.example.spans:
        at = seen.example.text.find(seen.span)
        common = max(0, min(gold.end, at + len(seen.span)) - max(gold.start, at))
        total = len(seen.span) + gold.end - gold.start
        best = max(best, 2 * common / total if total else 0.0)
    return best


def calibrate(logits: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """Return `(scale, shift)` so that `sigmoid(scale * logit + shift)` is a probability."""
    x, y = torch.tensor(logits), torch.tensor([float(v) for v in labels])
    weights = torch.tensor([1.0, 0.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(weights[0] * x + weights[1], y)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    scale, shift = weights.detach().tolist()
    return round(scale, 4), round(shift, 4)
