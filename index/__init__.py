"""Documents to passages to hits: splitting, embedding, Chroma, the lexical index, search."""

from index.errors import BusyError, IndexingError, StoreError, WeightsError
from index.hit import Hit
from index.index import Index, IndexStatus
from index.manifest import DocumentRecord
from index.search import Retriever
from index.settings import IndexSettings
from index.sync import Progress, SyncReport

__all__ = ["BusyError", "DocumentRecord", "Hit", "Index", "IndexSettings", "IndexStatus",
           "IndexingError", "Progress", "Retriever", "StoreError", "SyncReport",
           "WeightsError"]  # fmt: skip
