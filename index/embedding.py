"""Passages and questions to vectors: the default model through `index/gemma_files.py`, others through
sentence_transformers, whose only door this is. One copy of the model serves the index and, through
`transformer()` and `lock`, the readers of `qa/`. Weights load on first use. It does not know where
passages stand; `index/store.py` keeps the vectors.
"""

import functools
import hashlib
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import MetadataMode, TextNode
from pydantic import PrivateAttr

from index.errors import WeightsError
from index.settings import DEFAULT_EMBEDDING, IndexSettings

# Read when torch is first imported. Its threads would spin while they wait for one another, and so
# take the processor from the language model and from everything else that runs beside them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# It compiles its products anew for each length of text and keeps 1024 of them, some 0.3 MiB each.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from index.gemma_files import Gemma

PROMPT_VERSION = "1"
NO_TITLE = "title: none"
REMEMBERED = 64  # questions whose vectors are kept: one question is embedded for several uses
TURN = 16  # texts embedded before a question may come between
SAMPLES = 32  # stretches of 4 KB by which a weight file is told from another of the same size


def has_bfloat16() -> bool:
    """Say whether this processor multiplies bfloat16 natively; elsewhere it would be slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags)


class Embedding(BaseEmbedding):
    """A sentence-transformers model as a LlamaIndex embedding; vectors have length one."""

    batch_size: int = 16
    dimension: int = 768
    home: Path = Path()
    weights_from: Path | None = None
    _folder: Path | None = PrivateAttr(default=None)
    _model: "Gemma | SentenceTransformer | None" = PrivateAttr(default=None)
    _asked: dict[str, list[float]] = PrivateAttr(default_factory=dict)
    _lock: Any = PrivateAttr(default_factory=threading.RLock)

    @classmethod
    def of(cls, settings: IndexSettings) -> "Embedding":
        """Return the embedding the settings name; nothing is loaded or fetched yet."""
        return cls(
            model_name=settings.embedding,
            dimension=settings.dimension,
            batch_size=settings.batch_size,
            embed_batch_size=settings.batch_size,
            home=settings.home,
            weights_from=settings.weights,
        )

    @property
    def lock(self) -> threading.RLock:
        """Hold this while running the model or switching adapters on it."""
        return self._lock  # type: ignore[no-any-return]  # a private attribute is untyped

    @property
    def folder(self) -> Path:
        """The folder of the weights; they are fetched and verified where they are missing."""
        with self._lock:
            if self._folder is None:
                self._folder = weights_folder(self.model_name, self.home, self.weights_from)
            return self._folder

    @functools.cached_property
    def revision(self) -> str:
        """A hash of what the weights' folder says it holds, the same wherever it lies."""
        return folder_revision(self.folder)

    def transformer(self) -> "torch.nn.Module":
        """Return the underlying network, the one copy in memory."""
        model: Any = self._loaded()
        inner: torch.nn.Module = model.network if _is_own(model) else model[0].auto_model
        return inner

    def tokenizer(self) -> Any:
        """Return the model's tokenizer, called as those of transformers are."""
        model: Any = self._loaded()
        return model.words if _is_own(model) else model.tokenizer

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model reads `text` as, special tokens aside."""
        return len(self.tokenizer().encode(text, add_special_tokens=False))

    def embed_titled(self, titles: Sequence[str], texts: Sequence[str]) -> np.ndarray:
        """Embed texts, each under its title (may be empty), with the model's document prompt.

        Returns:
            float32 array of shape (len(texts), dimension), rows of length one.
        """
        prompt = self._prompt("document", "passage")
        if NO_TITLE in prompt:
            inputs = [
                prompt.replace(NO_TITLE, f"title: {title}" if title else NO_TITLE) + text
                for title, text in zip(titles, texts, strict=True)
            ]
        else:
            inputs = [
                prompt + (f"{title}\n{text}" if title else text)
                for title, text in zip(titles, texts, strict=True)
            ]
        return self._encode(inputs)

    def _prompt(self, *names: str) -> str:
        prompts = self._loaded().prompts
        return next((prompt for name in names if (prompt := prompts.get(name))), "")

    def _encode(self, inputs: list[str]) -> np.ndarray:
        order = sorted(range(len(inputs)), key=lambda number: -len(inputs[number]))
        parts = []
        for at in range(0, len(order), TURN):
            parts.append(self._run([inputs[number] for number in order[at : at + TURN]]))
            time.sleep(0.001 if at + TURN < len(order) else 0)  # else a waiting question starves
        vectors = np.concatenate(parts)[np.argsort(order), : self.dimension]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def _run(self, inputs: list[str]) -> np.ndarray:
        with self._lock:
            model: Any = self._loaded()
            if _is_own(model):
                vectors: np.ndarray = model.embed(inputs)
                return vectors
            tensor = model.encode(
                inputs, batch_size=self.batch_size, convert_to_tensor=True, show_progress_bar=False
            )
        rows: np.ndarray = tensor.float().cpu().numpy().reshape(len(inputs), -1)
        return rows

    def _loaded(self) -> "Gemma | SentenceTransformer":
        if self._model is None:  # else no lock: tokens are counted while the model runs
            with self._lock:
                self._model = self._model or _load(self.folder)
        return self._model

    def _get_query_embedding(self, query: str) -> list[float]:
        with self._lock:
            if query not in self._asked:
                while len(self._asked) >= REMEMBERED:
                    del self._asked[next(iter(self._asked))]
                self._asked[query] = self._encode([self._prompt("query") + query])[0].tolist()
            return list(self._asked[query])

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self.embed_titled([""] * len(texts), texts).tolist()
        return rows

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class Spreading(Protocol):
    """An embedding that gives passages to others; `index/cluster.py` has one."""

    inner: BaseEmbedding

    @property
    def at_once(self) -> int:
        """How many passages keep all of them busy."""

    def passages(self, nodes: Sequence[TextNode]) -> np.ndarray:
        """Embed passages, in order."""


def is_spread(embedding: object) -> TypeGuard[Spreading]:
    """Say whether an embedding gives passages to others."""
    return hasattr(embedding, "at_once") and hasattr(embedding, "inner")


def embed_passages(embedding: BaseEmbedding, nodes: Sequence[TextNode]) -> np.ndarray:
    """Embed passages with any LlamaIndex embedding; ours is given titles apart from texts.

    Returns:
        float32 array of shape (len(nodes), dimension), rows of length one.
    """
    if is_spread(embedding):
        return embedding.passages(nodes)
    if isinstance(embedding, Embedding):
        return embedding.embed_titled(
            [n.metadata["context"] for n in nodes], [n.text for n in nodes]
        )
    contents = [node.get_content(MetadataMode.EMBED) for node in nodes]
    rows = np.asarray(embedding.get_text_embedding_batch(contents), dtype=np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return rows


def embed_query(embedding: BaseEmbedding, question: str) -> np.ndarray:
    """Embed a question: float32 of shape (dimension,), length one."""
    vector = np.asarray(embedding.get_query_embedding(question), dtype=np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def weights_folder(name: str, home: Path, weights_from: Path | None) -> Path:
    """Return the folder of a model: a named folder as it is, else what `index/weights.py` has.

    Raises:
        WeightsError: the name is neither, or the weights cannot be fetched.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve()
    from index import weights

    try:
        model = weights.resolve(name)
    except WeightsError:
        model = None
    if model is None or model.role != "embedding":
        raise WeightsError(
            f"The embedding model {name!r} is neither a folder nor {DEFAULT_EMBEDDING!r};"
            " download it and name its folder in FOOTNOTE_EMBEDDING."
        )
    return weights.ensure(model, home=home, folder=weights_from)


def folder_revision(folder: Path) -> str:
    """Hash the configuration files of a model, and size and samples of its weight files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        is_weights = path.suffix in {".safetensors", ".bin"}
        if is_weights or path.name in {"config.json", "modules.json", "tokenizer.json"}:
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(_samples(path))
    return digest.hexdigest()[:16]


def _samples(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as opened:
        parts = [str(size).encode()]
        for number in range(SAMPLES):
            opened.seek(size * number // SAMPLES)
            parts.append(opened.read(4096))
    return b"".join(parts)


def published(folder: Path) -> "SentenceTransformer":
    """Load a model as sentence_transformers does by default, to compare ours with.

    Raises:
        WeightsError: it cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer  # takes seconds to import

        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise WeightsError(f"The model in {str(folder)!r} cannot be loaded ({error}).") from error


def _is_own(model: object) -> bool:
    return hasattr(model, "network")


def _load(folder: Path) -> "Gemma | SentenceTransformer":
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch

        from index.gemma_files import Gemma, is_gemma

        torch.set_num_threads(os.cpu_count() or 1)
        dtype = torch.bfloat16 if has_bfloat16() else torch.float32
        if is_gemma(folder):
            return Gemma(folder, dtype)
        from sentence_transformers import SentenceTransformer  # takes seconds to import
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # theirs
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise WeightsError(
            f"The embedding model in {str(folder)!r} cannot be loaded ({error});"
            " run `python -m index weights` to fetch it again, or name another folder."
        ) from error
    return model.eval()
