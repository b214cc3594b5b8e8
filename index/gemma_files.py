"""EmbeddingGemma read straight from its files: it starts in a second, leaves the vocabulary's vectors
on the disk, and embeds texts of like length together. The door of `tokenizers`.
"""

import json
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # as everybody writes it

from index.gemma import (
    EPSILON,
    EVERY_GLOBAL,
    GLOBAL_BASE,
    HEAD,
    HEADS,
    INNER,
    LAYERS,
    LOCAL_BASE,
    WIDTH,
    WINDOW,
    Network,
)  # fmt: skip

LONGEST = 2048  # tokens, the two special ones included
TOKENS_AT_ONCE = 4096  # of all texts of a batch together; more is not faster
_MODULES = ["Transformer", "Pooling", "Dense", "Dense", "Normalize"]


class Rows(nn.Module):
    """The vectors of the vocabulary, left in their file: a text needs few of them."""

    def __init__(self, file: Path, dtype: torch.dtype) -> None:
        """Open the file; its first tensor is the table, in single precision."""
        super().__init__()
        with file.open("rb") as opened:
            size = int.from_bytes(opened.read(8), "little")
            said = json.loads(opened.read(size))["embed_tokens.weight"]
            self._map = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        at, rows = 8 + size + said["data_offsets"][0], said["shape"][0]
        table = np.frombuffer(self._map, "<f4", rows * WIDTH, at)
        self._table = table.reshape(rows, WIDTH)
        self._dtype = dtype

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of token ids, (tokens,) to (tokens, 768)."""
        distinct, back = np.unique(ids.cpu().numpy(), return_inverse=True)
        rows = torch.from_numpy(self._table[distinct]).to(self._dtype)
        if hasattr(mmap, "MADV_DONTNEED"):  # the file's pages need not count as ours
            self._map.madvise(mmap.MADV_DONTNEED)
        scale = torch.tensor(WIDTH**0.5, dtype=self._dtype)
        return rows[torch.from_numpy(back).reshape(-1)] * scale


class Words:
    """The tokenizer, as much of it as is used, called as those of transformers are."""

    bos_token_id, eos_token_id, pad_token_id = 2, 1, 0

    def __init__(self, file: Path) -> None:
        """Read `tokenizer.json`; raises `ValueError` where it is none."""
        try:
            self._inner = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"{file.name} is no tokenizer: {error}") from error

    def encode(self, text: str, *, add_special_tokens: bool = True) -> list[int]:
        """Return the ids of a text."""
        found: list[int] = self._inner.encode(text, add_special_tokens=add_special_tokens).ids
        return found

    def __call__(
        self, text: str, *, add_special_tokens: bool = True, return_offsets_mapping: bool = False
    ) -> dict[str, Any]:
        """Return "input_ids" and, if wanted, "offset_mapping" in code points."""
        found = self._inner.encode(text, add_special_tokens=add_special_tokens)
        offsets = {"offset_mapping": found.offsets} if return_offsets_mapping else {}
        return {"input_ids": found.ids, **offsets}

    def whole(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of texts between the special tokens, cut to what the network reads."""
        found = self._inner.encode_batch_fast(list(texts), add_special_tokens=False)
        room = LONGEST - 2
        return [[self.bos_token_id, *e.ids[:room], self.eos_token_id] for e in found]


class Gemma:
    """The whole model: texts to vectors of length one."""

    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        """Read the model's files.

        Raises:
            OSError, ValueError, KeyError, RuntimeError: they cannot be read, or are not its files.
        """
        try:
            self._read(folder, dtype)
        except SafetensorError as error:
            raise ValueError(str(error)) from error

    def _read(self, folder: Path, dtype: torch.dtype) -> None:
        file = folder / "model.safetensors"
        settings = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))
        self.prompts: dict[str, str] = settings["prompts"]
        self.words = Words(folder / "tokenizer.json")
        self.network = _network(file, dtype)
        first, second = (_tensors(folder / f"{n}_Dense" / file.name) for n in (2, 3))
        self._last = second["linear.weight"] @ first["linear.weight"]  # nothing stands between them

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), 768), rows of length one; like lengths together."""
        coded = self.words.whole(texts)
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        for rows in _batches([len(ids) for ids in coded]):
            lengths = [len(coded[row]) for row in rows]
            ids = torch.tensor([id for row in rows for id in coded[row]])
            hidden = self.network.packed(ids, lengths)
            means = [part.float().mean(0) for part in hidden.split_with_sizes(lengths)]
            found = F.normalize(torch.stack(means) @ self._last.T, dim=1)
            vectors[rows] = found.numpy()
        return vectors


def is_gemma(folder: Path) -> bool:
    """Say whether a folder holds this network, of these sizes, as sentence-transformers saves it."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    sizes = {
        "model_type": "gemma3_text", "use_bidirectional_attention": True, "hidden_size": WIDTH,
        "num_attention_heads": HEADS, "num_key_value_heads": 1, "head_dim": HEAD,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "sliding_window": 2 * WINDOW,
        "rope_local_base_freq": LOCAL_BASE, "rope_theta": GLOBAL_BASE, "rms_norm_eps": EPSILON,
        "query_pre_attn_scalar": HEAD, "_sliding_window_pattern": EVERY_GLOBAL,
    }  # fmt: skip
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules]
    return kinds == _MODULES and all(config.get(name) == value for name, value in sizes.items())


def _network(file: Path, dtype: torch.dtype) -> Network:
    with torch.device("meta"):
        network = Network(Rows(file, dtype))
    with safe_open(file, "pt") as opened:
        names = (name for name in opened.keys() if not name.startswith("embed_tokens."))  # noqa: SIM118
        tensors = {name: opened.get_tensor(name).to(dtype) for name in names}
    network.load_state_dict(tensors, assign=True)
    for parameter in network.parameters():
        parameter.requires_grad = False
    return network.eval()


def _tensors(file: Path) -> dict[str, Tensor]:
    with safe_open(file, "pt") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of texts, the longest first, at most `TOKENS_AT_ONCE` tokens together."""
    batch: list[int] = []
    filled = 0
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if batch and filled + lengths[number] > TOKENS_AT_ONCE:
            yield batch
            batch, filled = [], 0
        batch.append(number)
        filled += lengths[number]
    if batch:
        yield batch
