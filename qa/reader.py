"""The reader: EmbeddingGemma with a small trained adapter, which looks at a question and a passage
together and says whether the passage answers and where, or at a claim and its quotes and says
whether they entail it. It shares all frozen weights with the embedding, so it costs 100 MB.
`qa/training/` makes the adapter; `qa/read.py` turns its readings into evidence.
"""

import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from qa.errors import ModelError
from sources import Span

ADAPTER = Path(__file__).parent / "adapters" / "reader.safetensors"
MAX_TOKENS = 384
PROJECTIONS = {
    "self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}


@dataclass(frozen=True)
class AdapterShape:
    """What an adapter is made for; stored in its file and compared when it is opened."""

    first_layer: int = 12
    rank: int = 16
    scale: float = 2.0
    base: str = "google/embeddinggemma-300m"


@dataclass(frozen=True)
class Encoded:
    """A query and a text as tokens. `offsets` are code points of `text`, one pair per token."""

    ids: list[int]
    query: int
    offsets: list[tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """What the reader saw in one passage, in code points of the passage.

    `answered` is the probability that the passage answers. `best` is the likeliest answer span.
    `starts`, `ends` and `inside` are per-token probabilities, parallel to `offsets`.
    """

    answered: float
    best: Span
    offsets: tuple[tuple[int, int], ...]
    starts: tuple[float, ...]
    inside: tuple[float, ...]

    def mass(self, span: Span) -> float:
        """Return how much of the answer's start probability lies in `span` (0 to 1)."""
        return sum(
            p
            for (a, _), p in zip(self.offsets, self.starts, strict=True)
            if span.start <= a < span.end
        )

    def peak(self, span: Span) -> float:
        """Return the highest probability in `span` that a token is part of an answer (0 to 1)."""
        return max(
            (
                p
                for (a, _), p in zip(self.offsets, self.inside, strict=True)
                if span.start <= a < span.end
            ),
            default=0.0,
        )


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
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        text = (mask - query).unsqueeze(-1).float()
        asked = query.unsqueeze(-1).float()
        pooled = torch.cat(
            [
                (hidden * asked).sum(1) / asked.sum(1).clamp(min=1),
                (hidden * text).sum(1) / text.sum(1).clamp(min=1),
            ],
            -1,
        )
        return self.tokens(hidden), self.answered(pooled)[:, 0], self.entailed(pooled)[:, 0]

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


class Reader:
    """Reads passages and judges claims with a trained adapter on a shared base."""

    def __init__(
        self,
        model: ReaderModel,
        tokenizer: Any,
        *,
        name: str,
        calibration: dict[str, tuple[float, float]] | None = None,
    ) -> None:
        """Wrap a model that is ready for inference.

        Args:
            calibration: scale and shift of the logits of "answered" and "entailed".
        """
        self._model = model.eval()
        self._tokenizer = tokenizer
        self.name = name
        self._calibration = calibration or {}

    @classmethod
    def load(cls, base: nn.Module, tokenizer: Any, path: Path = ADAPTER) -> "Reader":
        """Open an adapter on `base`.

        Raises:
            ModelError: the file is missing, damaged, or made for another base.
        """
        try:
            with safe_open(path, "pt") as file:
                meta = file.metadata()
            shape = AdapterShape(**json.loads(meta["shape"]))
            model = ReaderModel(base, shape)
            tensors = {n: t.float() for n, t in load_file(path).items()}
            missing = set(model.trained()) ^ set(tensors)
            if missing:
                raise ValueError(f"{len(missing)} tensors do not fit")
            model.load_state_dict(tensors, strict=False)
        except Exception as error:
            raise ModelError(
                f"The reader's adapter {path.name!r} cannot be used ({error}). Restore the file "
                "from the release, or make it again with `make train`."
            ) from error
        model.merge()
        calibration = json.loads(meta["facts"]).get("calibration", {})
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        return cls(model, tokenizer, name=f"{path.stem}-{digest}", calibration=calibration)

    @torch.inference_mode()
    def _run(self, encoded: Sequence[Encoded]) -> list[tuple[Tensor, float, float]]:
        results: dict[int, tuple[Tensor, float, float]] = {}
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        for at in range(0, len(order), 8):
            rows = order[at : at + 8]
            tokens, answered, entailed = self._model(
                *batch([encoded[i] for i in rows], self._tokenizer.pad_token_id or 0)
            )
            for k, i in enumerate(rows):
                results[i] = (
                    tokens[k],
                    self._probability("answered", answered[k]),
                    self._probability("entailed", entailed[k]),
                )
        return [results[i] for i in range(len(encoded))]

    def _probability(self, head: str, logit: Tensor) -> float:
        scale, shift = self._calibration.get(head, (1.0, 0.0))
        return float((logit * scale + shift).sigmoid())

    def read(self, question: str, passages: Sequence[tuple[str, str | None]]) -> list[Reading]:
        """Read `(text, title)` passages for a question; one `Reading` each, in order."""
        coded = [
            encode(self._tokenizer, question, t, kind="question", title=h) for t, h in passages
        ]
        return [_reading(e, *r[:2]) for e, r in zip(coded, self._run(coded), strict=True)]

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return, for each `(claim, source)`, the probability that the source entails the claim."""
        coded = [encode(self._tokenizer, c, s, kind="claim") for c, s in pairs]
        return [r[2] for r in self._run(coded)]


def best_span(encoded: Encoded, tokens: Tensor) -> Span:
    """Return the likeliest answer span of at most 48 tokens, in code points of the text.

    Args:
        tokens: start, end and inside logits of one text (length, 3).
    """
    size = len(encoded.offsets)
    if not size:
        return Span(0, 0)
    first = len(encoded.ids) - 1 - size
    start, end = tokens[first : first + size, 0], tokens[first : first + size, 1]
    every = torch.ones(size, size, dtype=torch.bool)
    pairs = (start[:, None] + end[None, :]).masked_fill(
        ~(every.triu() & every.tril(47)), float("-inf")
    )
    best = int(pairs.argmax())
    return Span(encoded.offsets[best // size][0], encoded.offsets[best % size][1])


def _reading(encoded: Encoded, tokens: Tensor, answered: float) -> Reading:
    size = len(encoded.offsets)
    first = len(encoded.ids) - 1 - size
    rows = tokens[first : first + size]
    return Reading(
        answered,
        best_span(encoded, tokens),
        tuple(encoded.offsets),
        tuple(rows[:, 0].softmax(0).tolist()),
        tuple(rows[:, 2].sigmoid().tolist()),
    )
