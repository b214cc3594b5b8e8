"""Trains the reader's adapter: span, answered and entailed losses together, mixed batches of like
length, AdamW with warm-up and linear decay, bounded by seconds. The base stays frozen.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from qa.reader_model import Encoded, ReaderModel, batch, encode
from qa.training.examples import Example


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to train."""

    seconds: float = 2400
    """Stop after this long, whatever is left."""
    rate: float = 3e-4
    """Peak learning rate."""
    size: int = 8
    """Examples a batch."""
    seed: int = 0
    """Seed of order and initial weights."""


def batches(examples: Sequence[Example], size: int, dice: random.Random) -> list[list[Example]]:
    """Group examples of one kind and like length, in random order."""
    shuffled = list(examples)
    dice.shuffle(shuffled)
    shuffled.sort(key=lambda e: (e.kind, len(e.text) // 120))
    groups = [shuffled[i : i + size] for i in range(0, len(shuffled), size)]
    dice.shuffle(groups)
    return groups


def span_targets(coded: Encoded, example: Example, length: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return start and end distributions and inside labels over the tokens, each (length,)."""
    start, end, inside = torch.zeros(length), torch.zeros(length), torch.zeros(length)
    first = len(coded.ids) - 1 - len(coded.offsets)
    for span in example.spans:
        rows = [i for i, (a, b) in enumerate(coded.offsets) if b > span.start and a < span.end]
        if rows:
            start[first + rows[0]] += 1
            end[first + rows[-1]] += 1
            inside[first + rows[0] : first + rows[-1] + 1] = 1
    return start, end, inside


def loss(model: ReaderModel, tokenizer: Any, examples: Sequence[Example]) -> Tensor:
    """Return the mean loss of one batch of one kind."""
    kind = examples[0].kind
    coded = [encode(tokenizer, e.query, e.text, kind=kind, title=e.title) for e in examples]
    ids, mask, query = batch(coded, tokenizer.pad_token_id)
    tokens, answered, entailed = model(ids, mask, query)
    labels = torch.tensor([float(e.label) for e in examples])
    if kind == "claim":
        return functional.binary_cross_entropy_with_logits(entailed, labels)
    total = functional.binary_cross_entropy_with_logits(answered, labels)
    for row, (code, example) in enumerate(zip(coded, examples, strict=True)):
        start, end, inside = span_targets(code, example, ids.shape[1])
        if not start.sum():
            continue
        first, size = len(code.ids) - 1 - len(code.offsets), len(code.offsets)
        where = slice(first, first + size)
        for column, target in ((0, start), (1, end)):
            logs = tokens[row, where, column].log_softmax(0)
            total = total - (target[where] / target.sum() * logs).sum() / 2 / len(examples)
        total = total + functional.binary_cross_entropy_with_logits(
            tokens[row, where, 2], inside[where]
        ) / len(examples)
    return total


def train(
    model: ReaderModel,
    tokenizer: Any,
    stages: Sequence[Sequence[Example]],
    recipe: Recipe,
    say: Callable[[str], None],
    *,
    keep: Callable[[], None] = lambda: None,
) -> int:
    """Train in place on one stage after the other, once, for at most `recipe.seconds`.

    Args:
        keep: called every few minutes to save what there is.

    Returns:
        How many examples were seen.
    """
    dice = random.Random(recipe.seed)
    groups = [group for stage in stages for group in batches(stage, recipe.size, dice)]
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=0.01)
    began, seen, recent = time.monotonic(), 0, 0.0
    for step, group in enumerate(groups):
        spent = time.monotonic() - began
        if spent > recipe.seconds:
            break
        done = max(step / len(groups), spent / recipe.seconds)
        for setting in optimizer.param_groups:
            setting["lr"] = recipe.rate * min(1, (step + 1) / 40) * (1 - 0.9 * done)
        value = loss(model, tokenizer, group)
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen += len(group)
        recent = 0.95 * recent + 0.05 * float(value.detach()) if step else float(value.detach())
        if step % 25 == 0:
            pace = seen / (time.monotonic() - began)
            say(f"step {step}/{len(groups)} loss {recent:.3f} {pace:.2f} examples/s")
        if step % 200 == 199:
            keep()
    return seen
