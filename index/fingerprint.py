"""What made an index, as two short hashes.

The fingerprint stands for the embedding model, its prompts and dimension, and the length of
passages: another one means another collection, so a changed model never meets vectors of the old
one. The reading stands for the code that reads and splits: another one means that documents are
read again, and only passages that come out different are embedded.
"""

import functools
import hashlib
import json
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

import sources
from index import embedding as door
from index.settings import IndexSettings


def fingerprint(embedding: BaseEmbedding, settings: IndexSettings) -> str:
    """Return 16 hexadecimal digits; equal only if old vectors and passages may be used on.

    A model of ours counts by what its folder holds, wherever it lies; any other LlamaIndex
    embedding by its class and model name.
    """
    made_by = {
        "model": _model(embedding),
        "dimension": settings.dimension,
        "prompts": door.PROMPT_VERSION,
        "passage_tokens": settings.passage_tokens,
    }
    return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16]


def _model(embedding: BaseEmbedding) -> str:
    if door.is_spread(embedding):
        return _model(embedding.inner)
    if isinstance(embedding, door.Embedding):
        return embedding.revision
    return f"{type(embedding).__name__} {embedding.model_name}"


@functools.cache
def reading() -> str:
    """Return a hash of the modules that turn a file into passages."""
    splitting = [f"{name}.py" for name in ("blocks", "kiwi", "passages", "sentences")]
    files = [Path(__file__).parent / name for name in splitting]
    files += sorted(Path(sources.__file__).parent.glob("*.py"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
