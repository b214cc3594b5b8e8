"""The network behind the reader: a frozen base whose upper layers carry low-rank terms (LoRA, Hu et
al. 2021), three heads, and how texts go in. `qa/training/` trains it, `qa/reader.py` reads with it.
"""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

MAX_TOKENS = 384
PROJECTIONS = {
    "self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}


@dataclass(frozen=True)
class AdapterShape:
    """What an adapter is made for; stored in its file and compared when it is opened."""

    first_layer: int = 8
    rank: int = 16
    scale: float = 2.0
    base: str = "google/embeddinggemma-300m"


@dataclass(frozen=True)
class Encoded:
    """A query and a text as tokens. `offsets` are code points of `text`, one pair per token."""

    ids: list[int]
    query: int
    offsets: list[tuple[int, int]]


class LowRank(nn.Module):
    """A frozen linear layer plus a trained low-rank term (LoRA, Hu et al. 2021)."""

    def __init__(self, linear: nn.Linear, rank: int, scale: float) -> None:
        """Wrap `linear`; `up` starts at zero, so that nothing changes before training."""
        super().__init__()
        self.linear = linear
        self.scale = scale
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) * 0.02)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """Return `linear(x) + scale * up @ down @ x`."""
        low = nn.functional.linear(x, self.down.to(x.dtype))
        added = nn.functional.linear(low, self.up.to(x.dtype))
        result: Tensor = self.linear(x) + added * self.scale
        return result

    def merged(self) -> nn.Linear:
        """Return one linear layer that computes the same, for inference."""
        plain = copy.deepcopy(self.linear)
        delta = (self.up @ self.down) * self.scale
        plain.weight.data = (self.linear.weight.data.float() + delta).to(plain.weight.dtype)
        return plain


class ReaderModel(nn.Module):
    """The base with adapted upper layers, and three heads.

    `tokens`: start, end and inside logits per token; `answered` and `entailed`: one logit from the
    mean of the query's tokens and the mean of the text's tokens.
    """

    def __init__(self, base: nn.Module, shape: AdapterShape) -> None:
        """Copy the layers from `shape.first_layer` on and wrap them; `base` stays untouched."""
        super().__init__()
        self.shape = shape
        self.body = copy.copy(base)
        self.body._modules = dict(base._modules)
        layers: Any = base.layers
        kept = [layers[i] for i in range(shape.first_layer)]
        own = [copy.deepcopy(layers[i]) for i in range(shape.first_layer, len(layers))]
        self.body.layers = nn.ModuleList(kept + own)
        for parameter in self.body.parameters():
            parameter.requires_grad = False
        for layer in own:
            for part, names in PROJECTIONS.items():
                module = getattr(layer, part)
                for name in names:
                    setattr(module, name, LowRank(getattr(module, name), shape.rank, shape.scale))
        self.tokens = nn.Linear(768, 3)
        self.answered = nn.Linear(1536, 1)
        self.entailed = nn.Linear(1536, 1)

    def forward(self, ids: Tensor, mask: Tensor, query: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return token logits (batch, length, 3), answered and entailed logits (batch,).

        Args:
            ids: token ids (batch, length).
            mask: 1 for real tokens (batch, length).
            query: 1 for the query's tokens (batch, length).
        """
        hidden, pooled = self.states(ids, mask, query)
        return self.tokens(hidden), self.answered(pooled)[:, 0], self.entailed(pooled)[:, 0]

    def states(self, ids: Tensor, mask: Tensor, query: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states of all tokens (batch, length, 768) and the means over the query's and
        the text's tokens, joined (batch, 1536); arguments as in `forward`.
        """
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        text = (mask - query).unsqueeze(-1).float()
        asked = query.unsqueeze(-1).float()
        means = (
            (hidden * asked).sum(1) / asked.sum(1).clamp(min=1),
            (hidden * text).sum(1) / text.sum(1).clamp(min=1),
        )
        return hidden, torch.cat(means, -1)

    def trained(self) -> dict[str, Tensor]:
        """Return the trained tensors by name: low-rank terms and heads."""
        return {n: p.detach() for n, p in self.named_parameters() if p.requires_grad}

    def merge(self) -> None:
        """Fold the low-rank terms into the layers, for inference."""
        layers: Any = self.body.layers
        for layer in layers[self.shape.first_layer :]:
            for part, names in PROJECTIONS.items():
                module = getattr(layer, part)
                for name in names:
                    setattr(module, name, getattr(module, name).merged())


def encode(
    tokenizer: Any, query: str, text: str, *, kind: str, title: str | None = None
) -> Encoded:
    """Encode a question and a passage (`kind` "question") or a claim and its source ("claim")."""
    if kind == "question":
        asked, rest = f"question: {query}", f" | title: {title or 'none'} | passage: "
    else:
        asked, rest = f"claim: {query}", " | source: "
    head = tokenizer(asked, add_special_tokens=False)["input_ids"][: MAX_TOKENS // 2]
    rest_ids = tokenizer(rest, add_special_tokens=False)["input_ids"][:48]
    body = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    room = MAX_TOKENS - len(head) - len(rest_ids) - 2
    ids = [
        tokenizer.bos_token_id,
        *head,
        *rest_ids,
        *body["input_ids"][:room],
        tokenizer.eos_token_id,
    ]
    return Encoded(ids, 1 + len(head), [(a, b) for a, b in body["offset_mapping"][:room]])


def batch(encoded: Sequence[Encoded], pad: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pad to one length; return ids, mask and query mask, each (batch, length)."""
    length = max(len(e.ids) for e in encoded)
    ids = torch.tensor([e.ids + [pad] * (length - len(e.ids)) for e in encoded])
    mask = torch.tensor([[1] * len(e.ids) + [0] * (length - len(e.ids)) for e in encoded])
    query = torch.tensor([[1] * e.query + [0] * (length - e.query) for e in encoded])
    return ids, mask, query


def save(model: ReaderModel, path: Path, facts: dict[str, Any]) -> None:
    """Write the adapter in half precision, with its shape and `facts` in the file's metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {n: t.to(torch.float16).contiguous() for n, t in model.trained().items()}
    meta = {"shape": json.dumps(vars(model.shape)), "facts": json.dumps(facts)}
    save_file(tensors, path, metadata=meta)
