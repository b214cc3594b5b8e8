"""EmbeddingGemma's network (Gemma Team 2025, "EmbeddingGemma: Powerful and Lightweight Text
Representations") in plain PyTorch. Texts go through it one after the other without padding; their
tokens meet only in the attention. `index/gemma_files.py` fills it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # as everybody writes it

WIDTH, HEADS, HEAD, INNER, LAYERS = 768, 3, 256, 1152, 24
EVERY_GLOBAL = 6  # each sixth layer looks at all tokens, the others at WINDOW to either side
WINDOW = 256
LOCAL_BASE, GLOBAL_BASE = 10_000.0, 1_000_000.0  # of the rotary positions
EPSILON = 1e-6


@dataclass(frozen=True)
class Hidden:
    """The last layer's output of shape (batch, length, 768), under the name transformers uses."""

    last_hidden_state: Tensor


class Norm(nn.Module):
    """Root mean square normalisation, computed in single precision."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` normalised over its last dimension and scaled."""
        whole = x.float()
        scaled = whole * torch.rsqrt(whole.square().mean(-1, keepdim=True) + EPSILON)
        return (scaled * (1.0 + self.weight.float())).to(x.dtype)


class Attention(nn.Module):
    """Three query heads over one key and value head."""

    def __init__(self) -> None:
        super().__init__()
        self.q_proj = _linear(WIDTH, HEADS * HEAD)
        self.k_proj = _linear(WIDTH, HEAD)
        self.v_proj = _linear(WIDTH, HEAD)
        self.o_proj = _linear(HEADS * HEAD, WIDTH)
        self.q_norm = Norm(HEAD)
        self.k_norm = Norm(HEAD)

    def forward(self, x: Tensor, turn: "Rotation", lengths: Sequence[int], window: bool) -> Tensor:
        """Let the tokens of each text look at each other.

        Args:
            x: the tokens of all texts, one text after the other (tokens, 768).
            turn: the rotation of each token's position.
            lengths: how many tokens each text has.
            window: look only at tokens near by.
        """
        total = x.shape[0]
        q = turn(self.q_norm(self.q_proj(x).view(total, HEADS, HEAD)))
        k = turn(self.k_norm(self.k_proj(x).view(total, 1, HEAD)))
        v = self.v_proj(x).view(total, 1, HEAD)
        parts = []
        for each in zip(*(t.split_with_sizes(list(lengths)) for t in (q, k, v)), strict=True):
            asked, keys, values = (t.transpose(0, 1).unsqueeze(0) for t in each)
            shape = (1, HEADS, keys.shape[2], HEAD)
            near = _near(keys.shape[2], x.device) if window and keys.shape[2] > WINDOW else None
            seen = F.scaled_dot_product_attention(
                asked, keys.expand(shape), values.expand(shape), near, scale=HEAD**-0.5
            )
            parts.append(seen[0].transpose(0, 1).reshape(-1, HEADS * HEAD))
        mixed: Tensor = self.o_proj(torch.cat(parts))
        return mixed


class FeedForward(nn.Module):
    """The gated layer between two attentions."""

    def __init__(self) -> None:
        super().__init__()
        self.gate_proj = _linear(WIDTH, INNER)
        self.up_proj = _linear(WIDTH, INNER)
        self.down_proj = _linear(INNER, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer adds to `x`."""
        opened = F.gelu(self.gate_proj(x), approximate="tanh")
        added: Tensor = self.down_proj(opened * self.up_proj(x))
        return added


class Layer(nn.Module):
    """Attention and feed-forward, each between two norms."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = Attention()
        self.mlp = FeedForward()
        self.input_layernorm = Norm(WIDTH)
        self.post_attention_layernorm = Norm(WIDTH)
        self.pre_feedforward_layernorm = Norm(WIDTH)
        self.post_feedforward_layernorm = Norm(WIDTH)

    def forward(self, x: Tensor, turn: "Rotation", lengths: Sequence[int], window: bool) -> Tensor:
        """Return the tokens after this layer; arguments as in `Attention`."""
        seen = self.self_attn(self.input_layernorm(x), turn, lengths, window)
        x = x + self.post_attention_layernorm(seen)
        added: Tensor = self.mlp(self.pre_feedforward_layernorm(x))
        x = x + self.post_feedforward_layernorm(added)
        return x


class Rotation:
    """Rotary positions (Su et al. 2021) of the tokens of several texts."""

    def __init__(self, lengths: Sequence[int], base: float, dtype: torch.dtype) -> None:
        at = torch.cat([torch.arange(n, dtype=torch.float32) for n in lengths])
        speed = 1.0 / base ** (torch.arange(0, HEAD, 2, dtype=torch.float32) / HEAD)
        angle = (at[:, None] * speed).repeat(1, 2)
        self._cos = angle.cos().to(dtype)[:, None]
        self._sin = angle.sin().to(dtype)[:, None]

    def __call__(self, x: Tensor) -> Tensor:
        """Rotate `x` of shape (tokens, heads, 256)."""
        left, right = x.chunk(2, -1)
        return x * self._cos + torch.cat((-right, left), -1) * self._sin


class Network(nn.Module):
    """Rows, layers and a last norm: token ids to hidden states."""

    def __init__(self, rows: nn.Module) -> None:
        """Take the module that gives token ids their vectors."""
        super().__init__()
        self.embed_tokens = rows
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = Norm(WIDTH)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Hidden:
        """Return the hidden states of padded texts, zero where there is padding.

        Args:
            input_ids: token ids (batch, length).
            attention_mask: 1 for real tokens, which come first (batch, length).
        """
        real = attention_mask.bool()
        found = self.packed(input_ids[real], real.sum(1).tolist())
        hidden = found.new_zeros((*input_ids.shape, WIDTH))
        hidden[real] = found
        return Hidden(hidden)

    def packed(self, ids: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return the hidden states (tokens, 768) of texts that follow one another in `ids`."""
        x: Tensor = self.embed_tokens(ids)
        near = Rotation(lengths, LOCAL_BASE, x.dtype)
        far = Rotation(lengths, GLOBAL_BASE, x.dtype)
        for number, layer in enumerate(self.layers, 1):
            local = number % EVERY_GLOBAL > 0
            x = layer(x, near if local else far, lengths, local)
        last: Tensor = self.norm(x)
        return last


def _linear(wide: int, out: int) -> nn.Linear:
    return nn.Linear(wide, out, bias=False)


def _near(length: int, device: torch.device) -> Tensor:
    at = torch.arange(length, device=device)
    return (at[:, None] - at[None, :]).abs() <= WINDOW
