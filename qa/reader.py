"""The reader: EmbeddingGemma with a small trained adapter, which looks at a question and a passage
together and says whether the passage answers and where, or at a claim and its quotes and says
whether they entail it. It shares all frozen weights with the embedding, so it costs 100 MB.
`qa/training/` makes the adapter; `qa/read.py` turns its readings into evidence.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from qa.corrections import corrects, features
from qa.errors import ModelError
from qa.reader_model import AdapterShape, Encoded, ReaderModel, batch, encode
from sources import Span

ADAPTER = Path(__file__).parent / "adapters" / "reader.safetensors"


class _Seen(NamedTuple):
    """What the model made of one text: token logits (length, 3), two probabilities, and what
    `qa/corrections.py` looks at (2304,).
    """

    tokens: Tensor
    answered: float
    entailed: float
    features: np.ndarray


@dataclass(frozen=True)
class Reading:
    """What the reader saw in one passage, in code points of the passage.

    `answered` is the probability that the passage answers. `best` is the likeliest answer span.
    `corrects` is the probability that it corrects what the question takes for granted. `starts`, `ends` and `inside` are per-token probabilities, parallel to `offsets`.
    """

    answered: float
    best: Span
    offsets: tuple[tuple[int, int], ...]
    starts: tuple[float, ...]
    inside: tuple[float, ...]
    corrects: float = 0.0

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

    def look(self, asked: Sequence[tuple[str, str, str | None]]) -> list[np.ndarray]:
        """Return what `qa/corrections.py` sees of `(question, text, title)`; (2304,) each."""
        coded = [encode(self._tokenizer, q, t, kind="question", title=h) for q, t, h in asked]
        return [seen.features for seen in self._run(coded)]

    @torch.inference_mode()
    def _run(self, encoded: Sequence[Encoded]) -> list[_Seen]:
        results: dict[int, _Seen] = {}
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        for at in range(0, len(order), 8):
            rows = order[at : at + 8]
            ids, mask, query = batch([encoded[i] for i in rows], self._tokenizer.pad_token_id or 0)
            hidden, pooled = self._model.states(ids, mask, query)
            tokens = self._model.tokens(hidden)
            answered, entailed = self._model.answered(pooled), self._model.entailed(pooled)
            marked = features(hidden, pooled, tokens, mask - query)
            for k, i in enumerate(rows):
                results[i] = _Seen(
                    tokens[k],
                    self._probability("answered", answered[k, 0]),
                    self._probability("entailed", entailed[k, 0]),
                    marked[k].numpy(),
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
        return [_reading(e, seen) for e, seen in zip(coded, self._run(coded), strict=True)]

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return, for each `(claim, source)`, the probability that the source entails the claim."""
        coded = [encode(self._tokenizer, c, s, kind="claim") for c, s in pairs]
        return [seen.entailed for seen in self._run(coded)]


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


def _reading(encoded: Encoded, seen: _Seen) -> Reading:
    size = len(encoded.offsets)
    first = len(encoded.ids) - 1 - size
    rows = seen.tokens[first : first + size]
    return Reading(
        seen.answered,
        best_span(encoded, seen.tokens),
        tuple(encoded.offsets),
        tuple(rows[:, 0].softmax(0).tolist()),
        tuple(rows[:, 2].sigmoid().tolist()),
        corrects(seen.features),
    )
