"""Everything about an index that a user can choose.

This is the one place of this folder where environment variables are read.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

from index.errors import IndexingError

DEFAULT_EMBEDDING = "google/embeddinggemma-300m"


def _default_home() -> Path:
    return Path(platformdirs.user_cache_dir("footnote", appauthor=False))


@dataclass(frozen=True)
class IndexSettings:
    """Where an index lives and how it is made."""

    home: Path = field(default_factory=_default_home)
    """Folder of everything Footnote keeps: indexes and weights (`FOOTNOTE_HOME`)."""

    embedding: str = DEFAULT_EMBEDDING
    """The default model, or any sentence-transformers folder or name (`FOOTNOTE_EMBEDDING`)."""

    dimension: int = 768
    """Length of the vectors; a model that gives fewer is used with its own length."""

    passage_tokens: int = 160
    """Tokens a passage aims at; a table, or a list with its lead-in, may be longer."""

    batch_size: int = 16
    """Passages given to the model at once."""

    weights: Path | None = None
    """A folder that holds weights already, asked before the network (`FOOTNOTE_WEIGHTS`)."""

    chroma_url: str | None = None
    """URL of a Chroma server (`FOOTNOTE_CHROMA_URL`); `None` keeps the vectors in `home`."""

    @classmethod
    def from_environment(cls) -> "IndexSettings":
        """Return the defaults, changed by the `FOOTNOTE_` variables named beside the fields.

        Raises:
            IndexingError: the home named exists and is not a folder.
        """
        settings = cls()
        if home := os.environ.get("FOOTNOTE_HOME"):
            settings = replace(settings, home=Path(home).expanduser())
        if embedding := os.environ.get("FOOTNOTE_EMBEDDING"):
            settings = replace(settings, embedding=embedding)
        if weights := os.environ.get("FOOTNOTE_WEIGHTS"):
            settings = replace(settings, weights=Path(weights).expanduser())
        if url := os.environ.get("FOOTNOTE_CHROMA_URL"):
            settings = replace(settings, chroma_url=url)
        if settings.home.exists() and not settings.home.is_dir():
            raise IndexingError(
                f"FOOTNOTE_HOME is {str(settings.home)!r}, which is not a folder;"
                " name a folder that can be written to."
            )
        return settings
