"""What made an index, as one short hash.

It stands for the embedding model, its prompts and dimension, and the rules by which documents
become passages. Another fingerprint means another collection, so a changed model never meets
vectors of the old one.
"""

import hashlib
import json

from llama_index.core.base.embeddings.base import BaseEmbedding

from index import embedding as door
from index.passages import RULES_VERSION
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
        "passages": RULES_VERSION,
        "passage_tokens": settings.passage_tokens,
    }
    return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16]


def _model(embedding: BaseEmbedding) -> str:
    if isinstance(embedding, door.Embedding):
        return embedding.revision
    return f"{type(embedding).__name__} {embedding.model_name}"
